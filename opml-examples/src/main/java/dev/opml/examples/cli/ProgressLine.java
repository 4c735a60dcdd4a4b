package dev.opml.examples.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells a person who watches standard error how far the work is, as one line that overwrites itself
 * and never stands inside a line of standard output: both may be one terminal. Not thread-safe.
 */
final class ProgressLine {
  private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

  private final PrintStream err;
  private final boolean interactive;
  private final LongSupplier nanoTime;
  private long nextAt;
  private int width;
  private boolean inLine;

  ProgressLine(Terminal terminal, LongSupplier nanoTime) {
    this.err = terminal.err();
    this.interactive = terminal.errInteractive();
    this.nanoTime = nanoTime;
    this.nextAt = nanoTime.getAsLong() + INTERVAL;
  }

  /** Shows that {@code done} of {@code total} units of {@code stage} are done, if it is time to. */
  void show(String stage, long done, long total) {
    long now = nanoTime.getAsLong();
    if (!interactive || inLine || now - nextAt < 0) {
      return;
    }
    nextAt = now + INTERVAL;
    overwrite(total <= 0 ? stage : stage + " " + percent(done, total) + " %");
  }

  private static long percent(long done, long total) {
    return Math.round(100.0 * done / total);
  }

  /** Removes the line, so that something else can be written in its place. */
  void clear() {
    if (width > 0) {
      overwrite("");
      err.print('\r');
      width = 0;
    }
  }

  /** Makes room for text on standard output; nothing is shown until its last line has ended. */
  void makeRoomFor(String text) {
    clear();
    inLine = text.isEmpty() ? inLine : !text.endsWith("\n");
  }

  /** Whether the last line of standard output has not ended. */
  boolean inLine() {
    return inLine;
  }

  private void overwrite(String line) {
    err.print('\r' + line + " ".repeat(Math.max(0, width - line.length())));
    width = line.length();
  }
}
