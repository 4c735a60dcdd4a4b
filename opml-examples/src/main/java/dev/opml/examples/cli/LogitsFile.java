package dev.opml.examples.cli;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.FileSystemException;

/**
 * A file of logits: float32 little-endian, one vocabulary after the other, of each sampled position
 * in order.
 */
record LogitsFile(OutputFile file) {
  /**
   * Appends the logits of a position.
   *
   * @throws UncheckedIOException if they cannot be written
   */
  void append(FloatBuffer logits) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * logits.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(logits.duplicate());
    try {
      file.write(bytes.array());
    } catch (FileSystemException e) {
      throw new UncheckedIOException(e);
    }
  }
}
