package dev.opml.examples.claim;

import dev.opml.api.ByteVector;
import dev.opml.api.LimitExceededException;
import dev.opml.api.inference.Claim;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A claim in a file: what {@code opml run --claim} writes and {@code opml verify} checks. The file
 * is a JSON object in UTF-8, described in {@code docs/claim-file.md}.
 *
 * @param contextLimit context limit of the image, without which the model id cannot be rebuilt; at
 *     least 2
 * @param claim the claim
 * @param text what its ids say, or null if the file does not tell, or the prompt is no ids
 */
public record ClaimFile(int contextLimit, Claim claim, @Nullable ClaimText text) {
  /** Version of the format that is written; earlier ones are read as well. */
  public static final int VERSION = 3;

  /** Largest file that is written or read, in bytes. */
  public static final int MAX_BYTES = 1 << 22;

  /** Checks the range of the context limit, and that there is text of ids only. */
  public ClaimFile {
    if (contextLimit < 2) {
      throw new IllegalArgumentException("contextLimit must be at least 2, got " + contextLimit);
    }
    if (text != null && claim.request().prompt() instanceof ByteVector) {
      throw new IllegalArgumentException("text beside a prompt that is not text");
    }
  }

  /**
   * Reads a file. Every field has to be there once, in its range, and nothing else.
   *
   * @throws ClaimFormatException if the file is not a claim
   * @throws IOException if it cannot be read
   */
  public static ClaimFile read(Path path) throws IOException {
    // Opening a pipe would wait for its writer.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new ClaimFormatException(path, "", "is not a regular file");
    }
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new ClaimFormatException(path, "", "is larger than maxClaimBytes = " + MAX_BYTES);
    }
    return new ClaimReader(path).read(bytes);
  }

  /**
   * The content of a file, which a reader refuses if it was cut short; without {@link #text} where
   * the file would be too large with it.
   *
   * @throws LimitExceededException if it is too large without it
   */
  public String toJson() {
    String json = ClaimWriter.toJson(this);
    int size = json.getBytes(StandardCharsets.UTF_8).length;
    if (size <= MAX_BYTES) {
      return json;
    }
    if (text == null) {
      throw new LimitExceededException("maxClaimBytes", MAX_BYTES, size);
    }
    return new ClaimFile(contextLimit, claim, null).toJson();
  }
}
