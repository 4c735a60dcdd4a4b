package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Salt;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GuardedListenerTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));

  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch told = new CountDownLatch(2);

  private void block() {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A page that nobody reads, a socket that hangs: the reveal must not wait for it. */
  @Test
  void listener_thatBlocks_keepsNoRound() throws Exception {
    Arena arena = new Arena();
    List<IntentKind> heard = new ArrayList<>();
    AgentListener blocking =
        new AgentListener() {
          @Override
          public void onAccepted(Intent intent) {
            block();
            heard.add(intent.kind());
            told.countDown();
          }
        };
    Proposer proposer =
        new Proposer(
            new AgentContext(
                arena.as(Arena.PROPOSER),
                arena.as(Arena.PROPOSER).deployment(),
                List.of(
                    ModelRunner.ofTraces(
                        arena.model.id(), request -> new ToyTrace(arena.model, request))),
                new MemoryJournal(),
                blocking,
                Runnable::run,
                10),
            ProposerPolicy.ALL,
            SECRET);
    Thread agent =
        Thread.startVirtualThread(() -> {
          proposer.poll();
          arena.blocks.advance(60);
          proposer.poll();
        });
    assertTrue(agent.join(Duration.ofSeconds(30)), "the listener holds the round");
    assertEquals(ClaimStatus.REVEALED, arena.claim(arena.request().claims().getFirst()).status());
    release.countDown();
    assertTrue(told.await(20, TimeUnit.SECONDS));
    assertEquals(List.of(IntentKind.SEAL, IntentKind.REVEAL), heard);
  }

  @Test
  void deliveries_moreThanAreKept_dropTheOldestAndSayHowMany() throws Exception {
    List<Long> heard = new ArrayList<>();
    List<Long> missed = new ArrayList<>();
    Deliveries deliveries = new Deliveries(Duration.ofMillis(20), missed::add);
    CountDownLatch begun = new CountDownLatch(1);
    deliveries.give(() -> {
      begun.countDown();
      block();
      heard.add(0L);
    });
    assertTrue(begun.await(20, TimeUnit.SECONDS));
    long last = Deliveries.MOST + 10L;
    for (long i = 1; i <= last; i++) {
      long number = i;
      deliveries.give(() -> heard.add(number));
    }
    CountDownLatch over = new CountDownLatch(1);
    deliveries.give(over::countDown);
    release.countDown();
    assertTrue(over.await(20, TimeUnit.SECONDS));
    assertEquals(List.of(11L), missed);
    assertEquals(
        LongStream.concat(LongStream.of(0), LongStream.rangeClosed(12, last)).boxed().toList(),
        heard);
  }

  /** A hundred calls behind one that blocks do not wait for it a hundred times. */
  @Test
  void deliveries_behindOneThatIsLate_areNotWaitedFor() {
    Deliveries deliveries = new Deliveries(Duration.ofMillis(500), _ -> {});
    deliveries.give(this::block);
    assertTimeout(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < 100; i++) {
            deliveries.give(() -> {});
          }
        });
    release.countDown();
  }

  @Test
  void deliveries_callIsDropped_isWaitedForNoLonger() throws Exception {
    List<Long> missed = new ArrayList<>();
    Deliveries deliveries = new Deliveries(Duration.ofMinutes(2), missed::add);
    CountDownLatch begun = new CountDownLatch(1);
    Thread first =
        Thread.startVirtualThread(() ->
            deliveries.give(() -> {
              begun.countDown();
              block();
            }));
    assertTrue(begun.await(20, TimeUnit.SECONDS));
    Thread oldest = Thread.startVirtualThread(() -> deliveries.give(() -> {}));
    while (oldest.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < Deliveries.MOST; i++) {
      others.add(Thread.startVirtualThread(() -> deliveries.give(() -> {})));
    }
    assertTrue(oldest.join(Duration.ofSeconds(30)), "waits for what is never made");
    release.countDown();
    first.join();
    for (Thread other : others) {
      other.join();
    }
    assertEquals(List.of(1L), missed);
  }

  /** Its thread ends then, and the next call needs another. */
  @Test
  void deliveries_afterALongPause_areMadeAllTheSame() throws Exception {
    Deliveries deliveries = new Deliveries(Duration.ofSeconds(20), Duration.ofMillis(1), _ -> {});
    List<Thread> threads = new ArrayList<>();
    deliveries.give(() -> threads.add(Thread.currentThread()));
    assertTrue(threads.getFirst().join(Duration.ofSeconds(20)), "its thread never ends");
    deliveries.give(() -> threads.add(Thread.currentThread()));
    assertEquals(2, threads.size());
  }

  @Test
  void deliveries_giverIsInterrupted_waitsAllTheSameAndStaysInterrupted() {
    Deliveries deliveries = new Deliveries(Duration.ofSeconds(20), _ -> {});
    List<Integer> heard = new ArrayList<>();
    Thread.currentThread().interrupt();
    deliveries.give(() -> {
      LockSupport.parkNanos(50_000_000);
      heard.add(1);
    });
    assertTrue(Thread.interrupted());
    assertEquals(List.of(1), heard);
  }

  /** Late once must not be late for ever. */
  @Test
  void deliveries_caughtUp_areWaitedForAgain() throws Exception {
    Deliveries deliveries = new Deliveries(Duration.ofMillis(500), _ -> {});
    deliveries.give(this::block);
    release.countDown();
    boolean waited = false;
    for (int i = 0; i < 50 && !waited; i++) {
      Thread.sleep(50);
      CountDownLatch made = new CountDownLatch(1);
      deliveries.give(() -> {
        LockSupport.parkNanos(20_000_000);
        made.countDown();
      });
      waited = made.getCount() == 0;
    }
    assertTrue(waited);
  }

  /** A thread that ends, for want of memory, must not be the last one. */
  @Test
  void deliveries_errorInACall_makeTheNextAllTheSame() {
    List<Integer> heard = new ArrayList<>();
    Deliveries deliveries = new Deliveries(Duration.ofSeconds(2), _ -> {});
    deliveries.give(() -> {
      throw new OutOfMemoryError("say");
    });
    deliveries.give(() -> heard.add(1));
    assertEquals(List.of(1), heard);
  }

  /** Once it has caught up, a call is over when it returns, as before. */
  @Test
  void deliveries_fastAgain_areMadeBeforeGiveReturns() throws Exception {
    Deliveries deliveries = new Deliveries(Duration.ofSeconds(20), _ -> {});
    List<Integer> heard = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      deliveries.give(() -> {
        heard.add(number);
        deliveries.give(() -> heard.add(-number)); // within a call
      });
      assertEquals(2 * i + 2, heard.size());
    }
  }
}
