package dev.opml.dispute.journal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The checksum in front of each line of a journal file: CRC-32C of what follows the space, as eight
 * hexadecimal digits. It finds what a disk or a crash did to a line, one of up to 32 bits in a row
 * for certain. A truncated Keccak would find no more: whoever can write the file can make that,
 * too.
 */
final class Checksum {
  /** Length in bytes of a checksum and the space after it. */
  private static final int PREFIX = 9;

  private Checksum() {}

  /** A line with its checksum and its line end. */
  static byte[] line(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    String digits = HexFormat.of().toHexDigits(crc(bytes, 0, bytes.length));
    return (digits + " " + content + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Whether the bytes from {@code start} to the line end at {@code end} have their checksum. */
  static boolean holds(byte[] file, int start, int end) {
    if (end - start < PREFIX || file[start + PREFIX - 1] != ' ') {
      return false;
    }
    String digits = new String(file, start, PREFIX - 1, StandardCharsets.ISO_8859_1);
    return digits.equals(
        HexFormat.of().toHexDigits(crc(file, start + PREFIX, end - start - PREFIX)));
  }

  /** The content of a line whose checksum holds. */
  static String content(byte[] file, int start, int end) {
    return new String(file, start + PREFIX, end - start - PREFIX, StandardCharsets.UTF_8);
  }

  private static int crc(byte[] bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, length);
    return (int) crc.getValue();
  }
}
