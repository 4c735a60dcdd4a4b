package dev.opml.dispute.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.chain.Reveal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A journal whose process, power or disk fails at each of its operations on the disk. Whatever a
 * method has returned for is there afterwards; of the method under way all or nothing is.
 */
class PowerLossTest {
  private static final Path PATH = Path.of("fake.journal");

  /** Small, so that the file is compacted many times. */
  private static final int LIMIT = 600;

  private static final int CALLS = 48;

  /** All that a journal says. */
  private record Content(List<PendingIntent> pending, List<SealedAnswer> kept, long next) {}

  private static SealedAnswer answer(long number) {
    return new SealedAnswer(
        new ClaimId(new Bytes32(number, 0, 0, 1)),
        new RequestId(Bytes32.ZERO),
        new Reveal(
            new StateRoot(new Bytes32(number, 0, 0, 2)),
            SiblingPath.of(new byte[] {(byte) number}),
            new Salt(new Bytes32(number, 0, 0, 3))));
  }

  private static FileJournal open(FakeFolder folder) {
    try {
      return FileJournal.open(PATH, folder, LIMIT);
    } catch (IOException e) {
      throw new JournalException(PATH, e);
    }
  }

  /** A call of each kind in turn; some intents stay open, and some answers are kept. */
  private static void call(Journal journal, int number) {
    switch (number % 4) {
      case 0 -> journal.begin(Intent.of(IntentKind.SEAL, new Bytes32(number, 0, 0, 0)));
      case 1 -> journal.keep(answer(number));
      case 2 -> {
        if (number % 12 != 2 && !journal.pending().isEmpty()) {
          journal.end(journal.pending().getLast().sequence(), Outcome.ACCEPTED);
        }
      }
      default -> {
        if (number % 12 != 3 && !journal.kept().isEmpty()) {
          journal.drop(journal.kept().getFirst().claim());
        }
      }
    }
  }

  /** The content after each number of calls. */
  private static List<Content> expected() {
    MemoryJournal journal = new MemoryJournal();
    List<Content> contents = new ArrayList<>(List.of(content(journal, 0)));
    for (int i = 0; i < CALLS; i++) {
      call(journal, i);
      contents.add(content(journal, journal.next()));
    }
    return contents;
  }

  private static Content content(Journal journal, long next) {
    return new Content(journal.pending(), journal.kept(), next);
  }

  /** The content of a journal, which gets one more intent to tell the next number. */
  private static Content contentAndNext(FakeFolder folder) {
    try (FileJournal journal = open(folder)) {
      List<PendingIntent> pending = journal.pending();
      List<SealedAnswer> kept = journal.kept();
      return new Content(
          pending, kept, journal.begin(Intent.of(IntentKind.WITHDRAW, Bytes32.ZERO)));
    }
  }

  /** Makes the calls until the process dies; opens the journal anew in the middle. */
  private static int callUntilDeath(FakeFolder folder) {
    int returned = 0;
    try {
      FileJournal journal = open(folder);
      for (int i = 0; i < CALLS; i++) {
        call(journal, i);
        returned++;
        if (i == CALLS / 2) {
          journal.close();
          journal = open(folder);
        }
      }
      journal.close();
    } catch (FakeFolder.Crashed e) {
      // What is on the disk counts.
    }
    return returned;
  }

  private static int allOperations() {
    FakeFolder folder = new FakeFolder();
    assertEquals(CALLS, callUntilDeath(folder));
    assertTrue(folder.replacements() >= 3, folder.replacements() + " replacements");
    return folder.operations();
  }

  private static void assertAllOrNothing(int returned, Content found, String when) {
    List<Content> expected = expected();
    assertTrue(
        found.equals(expected.get(returned))
            || found.equals(expected.get(Math.min(returned + 1, CALLS))),
        () -> when + ": after " + returned + " calls " + found);
  }

  @Test
  void powerLost_atEveryOperation_losesNothing() {
    int operations = allOperations();
    for (int at = 0; at <= operations; at++) {
      for (FakeFolder.Data data : FakeFolder.Data.values()) {
        for (boolean names : new boolean[] {false, true}) {
          FakeFolder folder = new FakeFolder();
          folder.failAt(at, true);
          int returned = callUntilDeath(folder);
          FakeFolder left = folder.afterLosingPower(data, names);
          assertAllOrNothing(returned, contentAndNext(left), at + ", " + data + ", " + names);
        }
      }
    }
  }

  /** The second process finds what the first has written but not forced. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void processDied_atEveryOperation_thenPowerLost_losesNothing(boolean begins) {
    int operations = allOperations();
    for (int at = 0; at <= operations; at++) {
      FakeFolder folder = new FakeFolder();
      folder.failAt(at, true);
      callUntilDeath(folder);
      folder.restart();
      List<SealedAnswer> kept;
      List<PendingIntent> pending;
      try (FileJournal journal = open(folder)) {
        if (begins) {
          journal.begin(Intent.of(IntentKind.WITHDRAW, Bytes32.ZERO));
        }
        kept = journal.kept();
        pending = journal.pending();
        // They are there already, but each has to be durable when this returns.
        kept.forEach(journal::keep);
      }
      try (FileJournal journal = open(folder.afterLosingPower(FakeFolder.Data.LOST, false))) {
        assertEquals(kept, journal.kept(), "operation " + at);
        assertEquals(pending, journal.pending(), "operation " + at);
      }
    }
  }

  /** A disk that fails once, at any operation: the call fails, or it works; the others work. */
  @Test
  void diskFails_atEveryOperation_onlyThatCallFails() {
    int operations = allOperations();
    for (int at = 1; at < operations; at++) {
      FakeFolder folder = new FakeFolder();
      MemoryJournal model = new MemoryJournal();
      int failures = 0;
      FileJournal journal = open(folder);
      folder.failAt(at, false);
      for (int i = 0; i < CALLS; i++) {
        try {
          call(journal, i);
          call(model, i);
        } catch (JournalException e) {
          failures++;
        }
        assertEquals(content(model, model.next()), content(journal, model.next()), "at " + at);
      }
      journal.close();
      assertTrue(failures <= 1, failures + " failures at " + at);
      FakeFolder left = folder.afterLosingPower(FakeFolder.Data.LOST, false);
      assertEquals(content(model, model.next()), contentAndNext(left), "operation " + at);
    }
  }
}
