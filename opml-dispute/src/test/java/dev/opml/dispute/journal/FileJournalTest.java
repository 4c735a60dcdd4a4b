package dev.opml.dispute.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    HalfWritingFile disk = new HalfWritingFile(file());
    try (FileJournal journal = new FileJournal(file(), new JournalFile(disk, disk))) {
      journal.begin(SEAL);
      disk.room = 20;
      assertThrows(JournalException.class, () -> journal.begin(MOVE));
      assertEquals(List.of(new PendingIntent(0, SEAL)), journal.pending());
      disk.room = Integer.MAX_VALUE;
      journal.end(0, Outcome.ACCEPTED);
      journal.begin(MOVE);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(new PendingIntent(1, MOVE)), journal.pending());
    }
  }

  /** A second opening must not cost the first its lock, which on Linux the process owns. */
  @Test
  void open_twice_keepsOtherProcessesOut() throws Exception {
    assertEquals("free", lockElsewhere());
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals("locked", lockElsewhere());
      assertThrows(JournalException.class, () -> FileJournal.open(file()));
      Path link = Files.createSymbolicLink(folder.resolve("link.journal"), file());
      assertThrows(JournalException.class, () -> FileJournal.open(link));
      Thread.currentThread().interrupt();
      journal.begin(SEAL);
      assertTrue(Thread.interrupted());
      assertEquals("locked", lockElsewhere());
    }
    assertEquals("free", lockElsewhere());
  }

  /** The result of another process that tries to lock the file. */
  private String lockElsewhere() throws Exception {
    Path source = folder.resolve("Probe.java");
    Files.writeString(
        source,
        """
        void main(String[] arguments) throws Exception {
          try (var file = new java.io.RandomAccessFile(arguments[0], "rw")) {
            IO.print(file.getChannel().tryLock() == null ? "locked" : "free");
          }
        }
        """);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                source.toString(),
                file().toString())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Every method, called by a thread that is interrupted. */
  @Test
  void interruptedThread_losesNothingAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    FileJournal journal = FileJournal.open(file());
    journal.begin(SEAL);
    journal.begin(MOVE);
    journal.end(0, Outcome.ACCEPTED);
    journal.close();
    FileJournal again = FileJournal.open(file());
    List<PendingIntent> pending = again.pending();
    again.end(1, Outcome.FOUND_APPLIED);
    again.close();
    assertTrue(Thread.interrupted());
    assertEquals(List.of(new PendingIntent(1, MOVE)), pending);
    try (FileJournal journalAfter = FileJournal.open(file())) {
      assertEquals(List.of(), journalAfter.pending());
      assertEquals(2, journalAfter.begin(SEAL));
    }
  }

  @Test
  void append_manyThreadsInterruptedAtRandom_everyLineIsThere() throws Exception {
    List<Thread> writers = new ArrayList<>();
    Set<Long> begun = ConcurrentHashMap.newKeySet();
    Set<Long> ended = ConcurrentHashMap.newKeySet();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    try (FileJournal journal = FileJournal.open(file())) {
      for (int i = 0; i < 8; i++) {
        Runnable writer =
            () -> {
              for (int line = 0; line < 100; line++) {
                long sequence = journal.begin(MOVE);
                begun.add(sequence);
                if (sequence % 3 != 0) {
                  journal.end(sequence, Outcome.ACCEPTED);
                  ended.add(sequence);
                }
              }
            };
        Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
        Thread thread = builder.unstarted(writer);
        thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
        writers.add(thread);
      }
      writers.forEach(Thread::start);
      Random random = new Random(1);
      while (writers.stream().anyMatch(Thread::isAlive)) {
        writers.get(random.nextInt(writers.size())).interrupt();
        Thread.sleep(0, 100_000);
      }
    }
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(800, begun.size());
    begun.removeAll(ended);
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(
          begun.stream().sorted().toList(),
          journal.pending().stream().map(PendingIntent::sequence).toList());
      assertEquals(800, journal.begin(SEAL));
    }
  }

  @Test
  void append_afterClose_isAJournalException() {
    FileJournal journal = FileJournal.open(file());
    journal.close();
    journal.close();
    assertThrows(JournalException.class, () -> journal.begin(SEAL));
    assertEquals(List.of(), journal.pending());
    FileJournal.open(file()).close();
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
