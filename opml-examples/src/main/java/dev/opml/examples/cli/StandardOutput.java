package dev.opml.examples.cli;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output as the stream below a {@link java.io.PrintStream}, which keeps exceptions of I/O
 * to itself: here they become a {@link StandardOutputException}, which ends the command.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream out;

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw new StandardOutputException(e);
    }
  }

  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new StandardOutputException(e);
    }
  }
}
