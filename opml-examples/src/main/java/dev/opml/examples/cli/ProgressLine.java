package dev.opml.examples.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells on standard error how far the work is: for a person as one line that overwrites itself, in
 * a log as a line from time to time. Work that ends at once leaves no trace in a log. Not
 * thread-safe.
 */
final class ProgressLine {
  private static final long PERSON_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LOG_INTERVAL = TimeUnit.SECONDS.toNanos(5);

  private final PrintStream err;
  private final boolean interactive;
  private final LongSupplier nanoTime;
  private long nextAt;
  private int width;

  ProgressLine(Terminal terminal, LongSupplier nanoTime) {
    this.err = terminal.err();
    this.interactive = terminal.errInteractive();
    this.nanoTime = nanoTime;
    this.nextAt = nanoTime.getAsLong() + (interactive ? PERSON_INTERVAL : LOG_INTERVAL);
  }

  /** Shows that {@code done} of {@code total} units of {@code stage} are done, if it is time to. */
  void show(String stage, long done, long total) {
    long now = nanoTime.getAsLong();
    boolean finished = !interactive && done >= total; // a log need not say so
    if (now - nextAt < 0 || finished) {
      return;
    }
    nextAt = now + (interactive ? PERSON_INTERVAL : LOG_INTERVAL);
    String line = total <= 0 ? stage : stage + " " + percent(done, total) + " %";
    if (interactive) {
      overwrite(line);
    } else {
      err.println("opml: " + line);
    }
    err.flush();
  }

  private static long percent(long done, long total) {
    return Math.round(100.0 * done / total);
  }

  /** Removes the line, so that something else can be written in its place. */
  void clear() {
    if (width > 0) {
      overwrite("");
      err.print('\r');
      err.flush();
      width = 0;
    }
  }

  private void overwrite(String line) {
    err.print('\r' + line + " ".repeat(Math.max(0, width - line.length())));
    width = line.length();
  }
}
