package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.JournalException;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents whose journal cannot be written: only sealing stops, and only as long. */
class UnwritableJournalTest {
  private final Arena arena = new Arena();
  private final MemoryJournal memory = new MemoryJournal();
  private final List<Throwable> failures = new ArrayList<>();

  static List<Throwable> failures() {
    return List.of(
        new JournalException("no space left on device"),
        new IllegalStateException("say"),
        new OutOfMemoryError("say"));
  }

  private static Journal failing(Throwable failure) {
    Journal journal = mock(Journal.class);
    doThrow(failure).when(journal).begin(any());
    doThrow(failure).when(journal).sent(anyLong(), any());
    doThrow(failure).when(journal).end(anyLong(), any());
    doThrow(failure).when(journal).keep(any());
    doThrow(failure).when(journal).drop(any());
    return journal;
  }

  private ModelRunner honest() {
    return ModelRunner.ofTraces(arena.model.id(), request -> new ToyTrace(arena.model, request));
  }

  private ModelRunner liar() {
    return ModelRunner.ofTraces(
        arena.model.id(),
        request ->
            new FabricatedTrace(new ToyTrace(arena.model, request), Fabrication.about(345, 678)));
  }

  private AgentContext context(Address account, ModelRunner runner, Journal journal) {
    AgentListener listener =
        new AgentListener() {
          @Override
          public void onFailure(Object what, Throwable failure) {
            failures.add(failure);
          }
        };
    return new AgentContext(
        arena.as(account),
        arena.as(account).deployment(),
        List.of(runner),
        journal,
        listener,
        Runnable::run,
        10);
  }

  private Proposer proposer(ModelRunner runner, Journal journal) {
    return new Proposer(
        context(Arena.PROPOSER, runner, journal),
        ProposerPolicy.UNANSWERED,
        new Salt(new Bytes32(4, 4, 4, 4)));
  }

  private Challenger challenger(ModelRunner runner, Journal journal) {
    return new Challenger(context(Arena.CHALLENGER, runner, journal));
  }

  private void rounds(int count, long seconds, Agent... agents) {
    for (int i = 0; i < count; i++) {
      for (Agent agent : agents) {
        agent.poll();
      }
      arena.assertMoneyConserved();
      arena.blocks.advance(seconds);
    }
  }

  private ClaimId onlyClaim() {
    assertEquals(1, arena.request().claims().size());
    return arena.request().claims().getFirst();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void challenger_fromTheStart_refutesTheLie(Throwable failure) {
    rounds(60, 20, proposer(liar(), new MemoryJournal()), challenger(honest(), failing(failure)));
    assertEquals(ClaimStatus.REFUTED, arena.claim(onlyClaim()).status());
    assertTrue(arena.credit(Arena.CHALLENGER).isZero(), "not withdrawn");
    assertFalse(failures.isEmpty());
    failures.forEach(told -> assertSame(failure, told));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void proposer_fromTheStart_sealsNothing(Throwable failure) {
    rounds(3, 20, proposer(honest(), failing(failure)));
    assertEquals(List.of(), arena.request().claims());
    assertEquals(List.of(failure, failure, failure), failures);
  }

  /** The answer is on the disk, but not what is about to be sent. */
  @Test
  void proposer_onlyIntentsFail_sealsNothing() {
    Journal journal = mock(Journal.class, delegatesTo(memory));
    JournalException failure = new JournalException("no space left on device");
    doThrow(failure).when(journal).begin(any());
    rounds(1, 20, proposer(honest(), journal));
    assertEquals(List.of(), arena.request().claims());
    assertEquals(List.of(failure), failures);
  }

  /** From seal to fee, restarted in between; only what is asked meanwhile waits. */
  @ParameterizedTest
  @MethodSource("failures")
  void proposer_afterTheSeal_winsAndSealsOnlyOnceItWorksAgain(Throwable failure) {
    proposer(honest(), memory).poll();
    final ClaimId claim = onlyClaim();
    Journal full = mock(Journal.class, delegatesTo(memory));
    doThrow(failure).when(full).begin(any());
    doThrow(failure).when(full).sent(anyLong(), any());
    doThrow(failure).when(full).end(anyLong(), any());
    doThrow(failure).when(full).keep(any());
    doThrow(failure).when(full).drop(any());
    memory.begin(Intent.of(IntentKind.REVEAL, claim.value()));
    Proposer restarted = proposer(honest(), full);
    arena.blocks.advance(60);
    rounds(40, 20, restarted, challenger(liar(), new MemoryJournal()));
    assertEquals(
        GameStatus.PROPOSER_WON, arena.game(arena.claim(claim).games().getFirst()).status());
    final RequestId later = arena.as(Arena.REQUESTER).request(arena.terms(1));
    for (int i = 0; i < 4; i++) {
      restarted.poll();
      arena.blocks.advance(7200);
    }
    assertEquals(ClaimStatus.FINAL, arena.claim(claim).status());
    assertTrue(arena.request().feeGone());
    assertTrue(arena.credit(Arena.PROPOSER).isZero(), "not withdrawn");
    assertEquals(List.of(), claims(later));
    failures.forEach(told -> assertSame(failure, told));
    assertEquals(1, memory.kept().size());
  }

  private List<ClaimId> claims(RequestId request) {
    return arena.as(Arena.STRANGER).request(request).orElseThrow().claims();
  }

  @Test
  void proposer_diskHasRoomAgain_sealsOn() {
    Journal journal = mock(Journal.class, delegatesTo(memory));
    JournalException failure = new JournalException("no space left on device");
    AtomicInteger left = new AtomicInteger(3);
    doAnswer(
            call -> {
              if (left.getAndDecrement() > 0) {
                throw failure;
              }
              memory.keep(call.getArgument(0));
              return null;
            })
        .when(journal)
        .keep(any());
    Proposer proposer = proposer(honest(), journal);
    rounds(3, 10, proposer);
    assertEquals(List.of(), arena.request().claims());
    rounds(1, 60, proposer);
    rounds(1, 10, proposer);
    assertEquals(ClaimStatus.REVEALED, arena.claim(onlyClaim()).status());
    assertEquals(List.of(failure, failure, failure), failures);
  }

  /** Without a restart: an intent that stays pending for ever would say that something is wrong. */
  @Test
  void challenger_endsCannotBeWrittenForAWhile_areWrittenInALaterRound() {
    arena.claim(Arena.PROPOSER, arena.lying(345, 678));
    Journal journal = mock(Journal.class, delegatesTo(memory));
    AtomicInteger left = new AtomicInteger(3);
    doAnswer(
            call -> {
              if (left.getAndDecrement() > 0) {
                throw new JournalException("no space left on device");
              }
              memory.end(call.getArgument(0), call.getArgument(1));
              return null;
            })
        .when(journal)
        .end(anyLong(), any());
    Challenger challenger = challenger(honest(), journal);
    rounds(1, 12, challenger);
    assertEquals(1, memory.pending().size());
    rounds(4, 12, challenger);
    assertEquals(List.of(), memory.pending());
    assertEquals(3, failures.size());
  }

  /** A disk that hangs, until it is released. */
  private Journal hanging(CountDownLatch release, AtomicInteger entered) {
    Journal journal = mock(Journal.class, delegatesTo(memory));
    doAnswer(
            call -> {
              entered.getAndIncrement();
              release.await();
              return memory.begin(call.getArgument(0));
            })
        .when(journal)
        .begin(any());
    return journal;
  }

  @Test
  void send_journalHangs_sendsAllButSeals() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger entered = new AtomicInteger();
    Journal journal = hanging(release, entered);
    AgentContext context = context(Arena.STRANGER, honest(), journal);
    Sender sender = new Sender(context, new Lookout(context), Duration.ofMillis(100));
    List<LoggedEvent> events = new ArrayList<>();
    arena.arbiter.subscribe(events::add);
    for (IntentKind kind : IntentKind.values()) {
      Intent intent = Intent.of(kind, Bytes32.ZERO);
      ArbiterCall call = arena.announcement();
      if (kind == IntentKind.SEAL) {
        assertThrows(JournalException.class, () -> sender.send(intent, call));
      } else {
        sender.send(intent, call);
      }
    }
    assertEquals(IntentKind.values().length - 1, events.size());
    // The first is waited for; the others do not even try, so nothing piles up.
    assertEquals(1, entered.get());
    release.countDown();
    awaitPending(1);
    sendUntilWritten(sender, Intent.of(IntentKind.SEAL, Bytes32.ZERO));
    assertEquals(1, memory.pending().size());
    sender.review();
    assertEquals(List.of(), memory.pending());
  }

  private void awaitPending(int count) throws InterruptedException {
    while (memory.pending().size() < count) {
      Thread.sleep(1);
    }
  }

  private static void sendUntilWritten(Sender sender, Intent intent) throws InterruptedException {
    boolean sent = false;
    while (!sent) {
      try {
        sender.send(intent, new ArbiterCall.Withdraw());
        sent = true;
      } catch (JournalException e) {
        Thread.sleep(1);
      }
    }
  }

  /** The line is written all the same, and the thread stays interrupted. */
  @Test
  void patientJournal_interruptedThread_waitsAllTheSame() {
    PatientJournal journal = new PatientJournal(memory, Duration.ofMinutes(1));
    Thread.currentThread().interrupt();
    long sequence = journal.begin(Intent.of(IntentKind.SEAL, Bytes32.ZERO));
    assertTrue(Thread.interrupted());
    assertEquals(1, memory.pending().size());
    journal.end(sequence, Outcome.ACCEPTED);
    assertEquals(List.of(), memory.pending());
  }
}
