package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now;

  private ProgressLine line(boolean interactive) {
    PrintStream stream = new PrintStream(err, false, StandardCharsets.UTF_8);
    return new ProgressLine(new Terminal(stream, stream, false, interactive, false), () -> now);
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private String written() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void show_workThatEndsAtOnce_writesNothing() {
    ProgressLine line = line(false);
    line.show("hashing", 1, 2);
    pass(4_000);
    line.show("hashing", 2, 2);
    line.clear();
    assertEquals("", written());
  }

  @Test
  void show_inALog_writesALineFromTimeToTime() {
    ProgressLine line = line(false);
    for (int i = 0; i < 110; i++) {
      line.show("hashing", i, 200);
      pass(100);
    }
    line.clear();
    assertEquals("opml: hashing 25 %\nopml: hashing 50 %\n", written());
  }

  @Test
  void show_forAPerson_overwritesAndClears() {
    ProgressLine line = line(true);
    pass(100);
    line.show("hashing", 1, 10);
    pass(100);
    line.show("done", 0, 0);
    line.clear();
    assertEquals("\rhashing 10 %\rdone        \r    \r", written());
  }
}
