package dev.opml.dispute.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {
  private static final Intent MOVE =
      new Intent(IntentKind.MOVE, new Bytes32(1, 2, 3, 4), new Bytes32(5, 6, 7, 8));
  private static final Intent SEAL = Intent.of(IntentKind.SEAL, new Bytes32(9, 9, 9, 9));

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("agent.journal");
  }

  @Test
  void open_afterACrash_knowsWhatWasUnderWay() {
    try (FileJournal journal = FileJournal.open(file())) {
      long first = journal.begin(SEAL);
      journal.begin(MOVE);
      journal.end(first, Outcome.ACCEPTED);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(new PendingIntent(1, MOVE)), journal.pending());
      journal.end(1, Outcome.FOUND_MISSING);
      assertEquals(2, journal.begin(SEAL));
    }
  }

  /** A line that was cut off by a crash was not durable, so its transaction was never sent. */
  @Test
  void open_lastLineCutOff_isDroppedAndWrittenOver() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(SEAL);
      journal.begin(MOVE);
    }
    String text = Files.readString(file());
    Files.writeString(file(), text.substring(0, text.length() - 20));
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(new PendingIntent(0, SEAL)), journal.pending());
      assertEquals(1, journal.begin(MOVE));
    }
    assertEquals(text, Files.readString(file()));
  }

  @Test
  void open_malformed_namesLineAndOffset() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(SEAL);
      journal.begin(MOVE);
    }
    String good = Files.readString(file());
    int second = good.indexOf('\n') + 1;
    for (String bad :
        List.of(
            "{",
            "[]",
            "null",
            "",
            "{\"sequence\":1}",
            "{\"sequence\":\"1\",\"end\":\"ACCEPTED\"}",
            "{\"sequence\":0,\"end\":\"PERHAPS\"}",
            "{\"sequence\":7,\"end\":\"ACCEPTED\"}",
            "{\"sequence\":0,\"end\":\"ACCEPTED\",\"extra\":1}",
            "{\"sequence\":0,\"end\":\"ACCEPTED\"} {}",
            good.substring(0, second - 1),
            good.substring(second).strip().replace("MOVE", "MOOVE"),
            good.substring(second).strip().replace("0x", "0y"))) {
      Files.writeString(file(), good.substring(0, second) + bad + "\n");
      MalformedJournalException e =
          assertThrows(MalformedJournalException.class, () -> FileJournal.open(file()), () -> bad);
      assertEquals(2, e.line(), bad);
      assertEquals(second, e.offset(), bad);
      assertEquals(file(), e.file());
    }
  }

  @Test
  void open_twice_isRefused() {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(SEAL);
      assertThrows(JournalException.class, () -> FileJournal.open(file()));
    }
  }

  /** A full disk takes half a line; what is written once there is room again can be read. */
  @Test
  void append_thatFailsHalfWay_leavesNothingBehind() throws IOException {
    try (HalfWritingChannel channel = new HalfWritingChannel(file())) {
      FileJournal journal = new FileJournal(file(), channel);
      journal.begin(SEAL);
      channel.room = 20;
      assertThrows(JournalException.class, () -> journal.begin(MOVE));
      assertEquals(List.of(new PendingIntent(0, SEAL)), journal.pending());
      channel.room = Integer.MAX_VALUE;
      journal.end(0, Outcome.ACCEPTED);
      journal.begin(MOVE);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(new PendingIntent(1, MOVE)), journal.pending());
    }
  }

  @Test
  void open_aFolder_isAJournalException() {
    assertThrows(JournalException.class, () -> FileJournal.open(folder));
  }

  @Test
  void end_notPending_isMisuse() {
    try (FileJournal journal = FileJournal.open(file());
        MemoryJournal memory = new MemoryJournal()) {
      for (Journal any : List.of(journal, memory)) {
        long sequence = any.begin(MOVE);
        any.end(sequence, Outcome.REFUSED);
        assertThrows(IllegalArgumentException.class, () -> any.end(sequence, Outcome.REFUSED));
        assertEquals(List.of(), any.pending());
      }
    }
  }
}
