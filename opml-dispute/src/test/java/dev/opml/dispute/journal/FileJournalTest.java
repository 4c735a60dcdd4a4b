package dev.opml.dispute.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.Reveal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
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
  void sent_reopened_tellsTheTransactionOfAPendingIntent() {
    SentTransaction sent = new SentTransaction(new TransactionHash(new Bytes32(7, 7, 7, 7)), 41);
    try (Journal journal = FileJournal.open(file())) {
      journal.end(journal.begin(MOVE), Outcome.ACCEPTED);
      journal.sent(journal.begin(SEAL), sent);
      assertThrows(IllegalArgumentException.class, () -> journal.sent(0, sent));
    }
    for (int i = 0; i < 2; i++) { // the second time from a compacted file
      try (Journal journal = FileJournal.open(file())) {
        assertEquals(List.of(new PendingIntent(1, SEAL, Optional.of(sent))), journal.pending());
      }
    }
  }

  @Test
  void open_afterACrash_knowsWhatWasUnderWay() {
    try (FileJournal journal = FileJournal.open(file())) {
      long first = journal.begin(SEAL);
      journal.begin(MOVE);
      journal.end(first, Outcome.ACCEPTED);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(new PendingIntent(1, MOVE, Optional.empty())), journal.pending());
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
      assertEquals(List.of(new PendingIntent(0, SEAL, Optional.empty())), journal.pending());
      assertEquals(1, journal.begin(MOVE));
    }
    assertEquals(text, Files.readString(file()));
  }

  private static final SealedAnswer ANSWER =
      new SealedAnswer(
          new ClaimId(new Bytes32(1, 1, 1, 1)),
          new RequestId(new Bytes32(2, 2, 2, 2)),
          new Reveal(
              new StateRoot(new Bytes32(3, 3, 3, 3)),
              SiblingPath.of(new byte[] {1, 2, 3, -1}),
              new Salt(new Bytes32(4, 4, 4, 4))));

  private static String line(String content) {
    return new String(Checksum.line(content), StandardCharsets.UTF_8);
  }

  private static void assertMalformed(Path file, int line, int offset) {
    MalformedJournalException e =
        assertThrows(MalformedJournalException.class, () -> FileJournal.open(file));
    assertEquals(line, e.line(), e.getMessage());
    assertEquals(offset, e.offset(), e.getMessage());
    assertEquals(file, e.file());
  }

  /** Lines whose checksums hold, so that somebody wrote them as they are. */
  @Test
  void open_lineThatNoJournalWrites_namesLineAndOffset() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(SEAL);
      journal.begin(MOVE);
      journal.keep(ANSWER);
    }
    String good = Files.readString(file());
    List<String> lines = good.lines().map(line -> line.substring(9)).toList();
    int third = good.indexOf('\n', good.indexOf('\n') + 1) + 1;
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
            "{\"drop\":\"0x12\"}",
            lines.get(0),
            lines.get(1),
            lines.get(2).replace("MOVE", "MOOVE"),
            lines.get(2).replace("0x", "0y"),
            lines.get(3).replace("outputPath\":\"0x", "outputPath\":\""),
            lines.get(3).replace("010203ff", "010203f"),
            lines.get(3).replace("010203ff", "010203FF"))) {
      Files.writeString(file(), good.substring(0, third) + line(bad));
      assertMalformed(file(), 3, third);
    }
  }

  @Test
  void open_anyBitOfALineThatIsNotTheLast_namesLineAndOffset() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(SEAL);
      journal.end(0, Outcome.ACCEPTED);
      journal.begin(MOVE);
    }
    byte[] good = Files.readAllBytes(file());
    String text = new String(good, StandardCharsets.UTF_8);
    int second = text.indexOf('\n') + 1;
    int third = text.indexOf('\n', second) + 1;
    for (int bit = 8 * second; bit < 8 * (third - 1); bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file(), bad);
      assertMalformed(file(), 2, second);
    }
    for (int bit = 0; bit < 8 * (second - 1); bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file(), bad);
      assertMalformed(file(), 1, 0);
    }
  }

  /** A crash can write the end of a line before its beginning. */
  @Test
  void open_anyPartOfTheLastLineMissing_isCutOff() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(SEAL);
      journal.begin(MOVE);
    }
    byte[] good = Files.readAllBytes(file());
    String text = new String(good, StandardCharsets.UTF_8);
    int last = text.lastIndexOf('\n', text.length() - 2) + 1;
    for (int at = last; at < good.length; at++) {
      byte[] cut = Arrays.copyOf(good, at);
      byte[] zeros = good.clone();
      Arrays.fill(zeros, last, at + 1, (byte) 0);
      for (byte[] bad : List.of(cut, zeros)) {
        Files.write(file(), bad);
        try (FileJournal journal = FileJournal.open(file())) {
          assertEquals(List.of(new PendingIntent(0, SEAL, Optional.empty())), journal.pending());
          journal.begin(MOVE);
        }
        assertArrayEquals(good, Files.readAllBytes(file()));
      }
    }
  }

  @Test
  void open_firstLineNotWhole_isANewJournal() throws IOException {
    String first = line("{\"version\":2,\"next\":0}");
    for (int length = 0; length < first.length(); length++) {
      Files.writeString(file(), first.substring(0, length));
      try (FileJournal journal = FileJournal.open(file())) {
        assertEquals(0, journal.begin(SEAL));
      }
      assertTrue(Files.readString(file()).startsWith(first));
    }
  }

  /** Nothing of somebody else's is written over. */
  @Test
  void open_noJournal_isRefusedAndLeftAlone() throws IOException {
    for (String text :
        List.of("a letter", "a letter\n", "a letter\nof two lines\n", "\n", line("{}"))) {
      Files.writeString(file(), text);
      assertMalformed(file(), 1, 0);
      assertEquals(text, Files.readString(file()));
    }
  }

  @Test
  void open_anotherVersion_isRefusedByName() throws IOException {
    Files.writeString(file(), line("{\"version\":3,\"next\":0}"));
    assertTrue(
        assertThrows(MalformedJournalException.class, () -> FileJournal.open(file()))
            .getMessage()
            .contains("version 3, expected 2"));
    String zero = Bytes32.ZERO.toHex();
    for (String end : List.of("", "\n")) {
      Files.writeString(
          file(),
          "{\"sequence\":0,\"begin\":\"SEAL\",\"target\":\"%s\",\"answers\":\"%s\"}%s"
              .formatted(zero, zero, end));
      assertTrue(
          assertThrows(MalformedJournalException.class, () -> FileJournal.open(file()))
              .getMessage()
              .contains("version 1, without checksums"));
    }
  }

  @Test
  void keep_untilDropped_isThereAfterACrash() {
    SealedAnswer other =
        new SealedAnswer(new ClaimId(Bytes32.ZERO), ANSWER.request(), ANSWER.reveal());
    try (FileJournal journal = FileJournal.open(file())) {
      journal.keep(ANSWER);
      journal.keep(other);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(ANSWER, other), journal.kept());
      assertEquals(Optional.of(ANSWER), journal.kept(ANSWER.claim()));
      journal.drop(ANSWER.claim());
      journal.drop(ANSWER.claim());
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(other), journal.kept());
      assertEquals(Optional.empty(), journal.kept(ANSWER.claim()));
    }
  }

  @Test
  void keep_theSameAgain_writesNothing() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.keep(ANSWER);
      long size = Files.size(file());
      journal.keep(ANSWER);
      assertEquals(size, Files.size(file()));
    }
  }

  @Test
  void open_muchThatIsOver_isCompacted() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(SEAL);
      journal.keep(ANSWER);
      for (int i = 0; i < 100; i++) {
        journal.end(journal.begin(MOVE), Outcome.ACCEPTED);
      }
      journal.begin(MOVE);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertTrue(Files.size(file()) < 1500);
      List<PendingIntent> pending =
          List.of(
              new PendingIntent(0, SEAL, Optional.empty()),
              new PendingIntent(101, MOVE, Optional.empty()));
      assertEquals(pending, journal.pending());
      assertEquals(List.of(ANSWER), journal.kept());
      assertEquals(102, journal.begin(SEAL));
      journal.end(102, Outcome.ACCEPTED);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(2, journal.pending().size());
      assertEquals(103, journal.begin(SEAL));
    }
    assertEquals(List.of(file()), files());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void append_forever_staysUnderTheLimit() throws Exception {
    int limit = 4000;
    long longest = 0;
    try (FileJournal journal = FileJournal.open(file(), new DiskFolder(file()), limit)) {
      journal.begin(SEAL);
      for (int i = 0; i < 100; i++) {
        journal.keep(ANSWER);
        journal.end(journal.begin(MOVE), Outcome.ACCEPTED);
        journal.drop(ANSWER.claim());
        longest = Math.max(longest, Files.size(file()));
      }
      assertEquals(List.of(new PendingIntent(0, SEAL, Optional.empty())), journal.pending());
      assertEquals("locked", lockElsewhere());
      assertThrows(JournalException.class, () -> FileJournal.open(file()));
    }
    assertTrue(longest > limit / 2 && longest < limit + 500, longest + " bytes");
    assertEquals("free", lockElsewhere());
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
    JournalFolder only = mock(JournalFolder.class);
    when(only.open()).thenReturn(new DiskFile(disk, disk));
    try (FileJournal journal = FileJournal.open(file(), only, 1 << 20)) {
      journal.begin(SEAL);
      disk.room = 20;
      assertThrows(JournalException.class, () -> journal.begin(MOVE));
      assertEquals(List.of(new PendingIntent(0, SEAL, Optional.empty())), journal.pending());
      disk.room = Integer.MAX_VALUE;
      journal.end(0, Outcome.ACCEPTED);
      journal.begin(MOVE);
    }
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(List.of(new PendingIntent(1, MOVE, Optional.empty())), journal.pending());
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
    assertEquals(List.of(new PendingIntent(1, MOVE, Optional.empty())), pending);
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

  /** A disk that has become read-only: what was sealed can be revealed, and nothing is sealed. */
  @Test
  void open_fileThatCannotBeWritten_tellsWhatItHas() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.begin(MOVE);
      journal.keep(ANSWER);
    }
    JournalFolder readOnly = mock(JournalFolder.class);
    JournalFile file = mock(JournalFile.class);
    IOException failure = new IOException("Read-only file system");
    when(readOnly.open()).thenReturn(file);
    when(readOnly.create()).thenThrow(failure);
    when(file.read()).thenReturn(Files.readAllBytes(file()));
    doThrow(failure).when(readOnly).force();
    doThrow(failure).when(file).force();
    doThrow(failure).when(file).write(anyLong(), any());
    try (FileJournal journal = FileJournal.open(file(), readOnly, 1)) {
      assertEquals(List.of(new PendingIntent(0, MOVE, Optional.empty())), journal.pending());
      assertEquals(Optional.of(ANSWER), journal.kept(ANSWER.claim()));
      assertThrows(JournalException.class, () -> journal.begin(SEAL));
      assertThrows(JournalException.class, () -> journal.keep(ANSWER), "not forced");
      assertThrows(JournalException.class, () -> journal.end(0, Outcome.ACCEPTED));
    }
  }

  /**
   * As {@link #open_fileThatCannotBeWritten_tellsWhatItHas}, on a disk; root may write anything.
   */
  @Test
  void open_fileWithoutThePermissionToWrite_tellsWhatItHas() throws IOException {
    try (FileJournal journal = FileJournal.open(file())) {
      journal.keep(ANSWER);
    }
    assumeTrue(file().toFile().setReadOnly());
    assumeFalse(Files.isWritable(file()));
    try (FileJournal journal = FileJournal.open(file())) {
      assertEquals(Optional.of(ANSWER), journal.kept(ANSWER.claim()));
      assertThrows(JournalException.class, () -> journal.begin(SEAL));
      assertThrows(JournalException.class, () -> FileJournal.open(file()));
    }
  }

  /** The way that the method above falls back to. */
  @Test
  void openForReading_aFile_isLockedAndCannotBeWritten() throws IOException {
    Files.writeString(file(), "content");
    try (RandomAccessFile file = DiskFile.openForReading(file())) {
      FileLock lock = DiskFile.lockOrNone(file.getChannel());
      assertTrue(lock.isValid());
      DiskFile opened = new DiskFile(file, "key");
      assertArrayEquals("content".getBytes(StandardCharsets.UTF_8), opened.read());
      assertThrows(IOException.class, () -> opened.write(0, new byte[1]));
    }
  }

  /** Who reads the salts can claim the same before the proposer reveals. */
  @Test
  void open_newFile_isItsOwnersOnly() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    try (FileJournal journal = FileJournal.open(file(), new DiskFolder(file()), 300)) {
      assertEquals("rw-------", permissions());
      for (int i = 0; i < 10; i++) {
        journal.end(journal.begin(SEAL), Outcome.ACCEPTED); // until it is compacted
      }
      assertEquals("rw-------", permissions());
    }
  }

  private String permissions() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file()));
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
