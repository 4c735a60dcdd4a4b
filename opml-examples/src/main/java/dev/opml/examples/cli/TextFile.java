package dev.opml.examples.cli;

import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads text files: regular ones, in UTF-8. */
final class TextFile {
  /** Largest file that is read, in bytes. */
  private static final int MAX_BYTES = 1 << 28;

  private TextFile() {}

  /**
   * The text of a file.
   *
   * @throws OpmlException if it is not a regular file or not UTF-8
   * @throws LimitExceededException if it is larger than 2^28 bytes
   * @throws IOException if it cannot be read
   */
  static String read(Path path) throws IOException {
    return read(path, MAX_BYTES);
  }

  /** As above, of at most {@code most} bytes. */
  static String read(Path path, int most) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new OpmlException(path + ": is not a regular file"); // a device never ends
    }
    try (InputStream in = Files.newInputStream(path)) {
      requireLimit(Files.size(path), most);
      byte[] bytes = in.readNBytes(most + 1); // it may have grown
      requireLimit(bytes.length, most);
      return decode(path, ByteBuffer.wrap(bytes));
    }
  }

  private static void requireLimit(long size, int most) {
    if (size > most) {
      throw new LimitExceededException("maxTextBytes", most, size);
    }
  }

  private static String decode(Path path, ByteBuffer bytes) {
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(bytes, text, true);
    if (result.isError()) {
      throw new OpmlException(path + ": not UTF-8 at byte " + bytes.position());
    }
    return text.flip().toString();
  }
}
