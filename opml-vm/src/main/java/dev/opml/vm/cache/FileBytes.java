package dev.opml.vm.cache;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Reads files of which another process may cut off the end meanwhile. */
final class FileBytes {
  private static final int BUFFER_SIZE = 1 << 20;

  private FileBytes() {}

  /**
   * Fills a buffer.
   *
   * @param at offset in bytes of the first byte in the file
   * @throws EOFException if the file ends before
   */
  static void readFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    long end = at + bytes.remaining();
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, end - bytes.remaining()) < 0) {
        throw new EOFException("it ends early");
      }
    }
  }

  /**
   * CRC-32C of a part of a file. Read and not mapped: where a mapped file has no more bytes is a
   * fault.
   *
   * @param start offset in bytes of the first byte
   * @param end offset in bytes after the last
   * @throws EOFException if the file ends before
   */
  static int checksum(FileChannel channel, long start, long end) throws IOException {
    CRC32C checksum = new CRC32C();
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer buffer = arena.allocate(Math.min(BUFFER_SIZE, end - start)).asByteBuffer();
      for (long at = start; at < end; at += buffer.limit()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
        readFully(channel, buffer, at);
        checksum.update(buffer.flip());
      }
    }
    return (int) checksum.getValue();
  }
}
