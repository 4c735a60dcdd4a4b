package dev.opml.examples.claim;

import dev.opml.api.inference.Claim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A claim in a file: what {@code opml run --claim} writes and {@code opml verify} checks. The file
 * is a JSON object in UTF-8, described in {@code docs/claim-file.md}.
 *
 * @param contextLimit context limit of the image, without which the model id cannot be rebuilt; at
 *     least 2
 * @param claim the claim
 */
public record ClaimFile(int contextLimit, Claim claim) {
  /** Version of the format that is written, and the only one that is read. */
  public static final int VERSION = 1;

  /** Largest file that is read, in bytes. */
  public static final int MAX_BYTES = 1 << 22;

  /** Checks the range of the context limit. */
  public ClaimFile {
    if (contextLimit < 2) {
      throw new IllegalArgumentException("contextLimit must be at least 2, got " + contextLimit);
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
   * Writes the file. A reader refuses one that was cut short.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path path) throws IOException {
    Files.writeString(path, toJson());
  }

  /** The text of the file. */
  public String toJson() {
    return ClaimWriter.toJson(this);
  }
}
