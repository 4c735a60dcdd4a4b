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
    ProgressLine line = line(true);
    line.show("hashing", 1, 2);
    pass(99);
    line.show("hashing", 2, 2);
    line.clear();
    assertEquals("", written());
  }

  @Test
  void show_inALog_writesNothing() {
    ProgressLine line = line(false);
    for (int i = 0; i < 110; i++) {
      line.show("hashing", i, 200);
      pass(1_000);
    }
    line.clear();
    assertEquals("", written());
  }

  @Test
  void show_whileALineOfTextIsUnfinished_writesNothing() {
    ProgressLine line = line(true);
    for (String text : new String[] {"Once", " upon a\ntime", ""}) {
      line.makeRoomFor(text);
      pass(200);
      line.show("prefill", 1, 2);
    }
    assertEquals("", written());
    line.makeRoomFor(".\n");
    line.show("prefill", 1, 2);
    assertEquals("\rprefill 50 %", written());
  }

  @Test
  void makeRoomFor_aLineIsShown_removesIt() {
    ProgressLine line = line(true);
    pass(100);
    line.show("pack", 0, 0);
    line.makeRoomFor("Once");
    assertEquals("\rpack\r    \r", written());
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
