package dev.opml.ethereum.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.rpc.EthereumRpcException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class FailoverTest {
  private final Failover<String> nodes = new Failover<>(List.of("first", "second"));
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private static EthereumRpcException failure() {
    return new EthereumRpcException("it", "method", Kind.TIMEOUT, "late", null, null);
  }

  private String answerOf(String one, String node, RuntimeException otherwise) {
    asked.add(node);
    if (node.equals(one)) {
      return node;
    }
    throw otherwise;
  }

  @Test
  void ask_firstFails_staysWithTheSecond() {
    assertEquals("second", nodes.ask(it -> answerOf("second", it, failure())));
    assertEquals("second", nodes.ask(it -> answerOf("second", it, failure())));
    assertEquals(List.of("first", "second", "second"), asked);
  }

  @Test
  void ask_firstDoesNotKnowTheBlock_asksTheSecond() {
    assertEquals("second", nodes.ask(it -> answerOf("second", it, new UnknownBlockException(7))));
  }

  @Test
  void ask_oneFailsAndOneDoesNotKnow_isUnknown() {
    UnknownBlockException e =
        assertThrows(
            UnknownBlockException.class,
            () ->
                nodes.ask(it -> {
                  throw it.equals("first") ? failure() : new UnknownBlockException(7);
                }));
    assertEquals(1, e.getSuppressed().length);
  }

  @Test
  void ask_bothFail_fails() {
    EthereumRpcException e =
        assertThrows(
            EthereumRpcException.class, () -> nodes.ask(it -> answerOf("", it, failure())));
    assertEquals(1, e.getSuppressed().length);
  }

  @Test
  void find_oneKnows_isFound() {
    assertEquals(
        Optional.of(6), nodes.find(it -> it.equals("second") ? Optional.of(6) : Optional.empty()));
    assertEquals(
        Optional.empty(),
        nodes.find(it -> {
          if (it.equals("second")) {
            throw failure();
          }
          return Optional.empty();
        }));
    assertThrows(
        EthereumRpcException.class,
        () ->
            nodes.find(_ -> {
              throw failure();
            }));
  }

  /** Whoever waits for the slowest waits for ever. */
  @Test
  void all_oneHangs_isNotWaitedFor() {
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          Duration soon = Duration.ofMillis(20);
          Failover<String> hasty = new Failover<>(List.of("first", "second"), soon, soon);
          for (String slow : List.of("first", "second")) {
            String other = slow.equals("first") ? "second" : "first";
            assertEquals(other, hasty.ask(it -> orHang(slow, it)));
            assertEquals(Optional.of(other), hasty.find(it -> Optional.of(orHang(slow, it))));
            assertEquals(List.of(other), hasty.gather(it -> orHang(slow, it)));
            assertEquals(7, hasty.reached(it -> orHang(slow, it).isEmpty() ? 1L : 7L));
            hasty.tell(it -> orHang(slow, it));
          }
        });
  }

  private static String orHang(String slow, String node) {
    if (node.equals(slow)) {
      LockSupport.park();
      throw new CancellationException("interrupted");
    }
    return node;
  }

  @Test
  void ask_three_twoHaveToAgree() {
    Failover<Integer> three = new Failover<>(List.of(0, 1, 2));
    for (int liar = 0; liar < 3; liar++) {
      int odd = liar;
      assertEquals("truth", three.ask(it -> it == odd ? "lie" : "truth"));
      assertEquals(
          "truth",
          three.ask(it -> {
            if (it == odd) {
              throw failure();
            }
            return "truth";
          }));
      assertEquals(Optional.of(1), three.findAgreed(it -> Optional.of(it == odd ? 2 : 1)));
      assertEquals(
          Optional.empty(), three.findAgreed(it -> it == odd ? Optional.of(2) : Optional.empty()));
    }
    EthereumRpcException e = assertThrows(EthereumRpcException.class, () -> three.ask(it -> it));
    assertEquals("[0], [1], [2]", e.endpoint());
  }

  @Test
  void ask_three_asksTwoAtFirst() {
    Failover<Integer> three = new Failover<>(List.of(0, 1, 2));
    Set<Integer> told = ConcurrentHashMap.newKeySet();
    three.ask(it -> {
      told.add(it);
      return "truth";
    });
    assertEquals(Set.of(0, 1), told);
  }

  @Test
  void reached_liarAboveOrBelow_isWhatTwoReach() {
    Failover<Integer> three = new Failover<>(List.of(0, 1, 2));
    List<Long> numbers = List.of(5L, 1000L, 3L);
    assertEquals(5, three.reached(numbers::get));
    assertEquals(1000, new Failover<>(List.of(0, 1)).reached(numbers::get));
  }

  @Test
  void ask_questionIsWrong_isThrownAsItIs() {
    assertThrows(
        IllegalStateException.class,
        () ->
            nodes.ask(_ -> {
              throw new IllegalStateException("a mistake");
            }));
  }

  @Test
  void ask_interrupted_isCancelledAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> nodes.ask(it -> orHang(it, it)));
    assertTrue(Thread.interrupted());
  }

  @Test
  void tell_oneFails_isTold() {
    nodes.tell(it -> assertEquals("first", answerOf("first", it, failure())));
    assertEquals(Set.of("first", "second"), Set.copyOf(asked));
    assertThrows(
        EthereumRpcException.class,
        () ->
            nodes.tell(_ -> {
              throw failure();
            }));
  }

  /** Else a liar would only have to be quicker than the others. */
  @Test
  void all_liarIsQuick_isNotBelievedAlone() {
    Failover<Integer> hasty =
        new Failover<>(List.of(0, 1, 2), Duration.ofSeconds(2), Duration.ZERO);
    assertEquals(5, hasty.reached(it -> it == 0 ? 1000L : slowly(5L)));
    assertEquals(
        Optional.of(5), hasty.find(it -> it == 0 ? Optional.empty() : slowly(Optional.of(5))));
    assertTrue(hasty.gather(it -> it == 0 ? "lie" : slowly("truth")).contains("truth"));
  }

  private static <T> T slowly(T answer) {
    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    return answer;
  }

  @Test
  void reached_fewerAnswerThanHaveToAgree_fails() {
    Failover<Integer> three = new Failover<>(List.of(0, 1, 2));
    assertThrows(
        EthereumRpcException.class,
        () ->
            three.reached(it -> {
              if (it != 0) {
                throw failure();
              }
              return 1000L;
            }));
  }
}
