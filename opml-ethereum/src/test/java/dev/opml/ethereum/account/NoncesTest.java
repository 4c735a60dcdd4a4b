package dev.opml.ethereum.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class NoncesTest {
  private final Nonces nonces = new Nonces();

  @Test
  void take_several_areInOrder() {
    assertEquals(5, nonces.take(5));
    assertEquals(6, nonces.take(5));
    assertEquals(7, nonces.take(6));
  }

  @Test
  void take_afterAnotherProcessSent_isAboveItsNonces() {
    assertEquals(0, nonces.take(0));
    assertEquals(9, nonces.take(9));
  }

  @Test
  void take_afterALie_fillsTheGap() {
    assertEquals(1000, nonces.take(1000));
    assertEquals(3, nonces.take(3));
    assertEquals(4, nonces.take(3));
  }

  @Test
  void free_nonce_isTakenNext() {
    nonces.take(0);
    nonces.take(0);
    nonces.take(0);
    nonces.free(1);
    nonces.free(0);
    assertEquals(0, nonces.take(0));
    assertEquals(1, nonces.take(0));
    assertEquals(3, nonces.take(0));
  }

  @Test
  void freeLast_others_areNot() {
    nonces.take(0);
    nonces.take(0);
    assertFalse(nonces.freeLast(0));
    assertTrue(nonces.freeLast(1));
    assertTrue(nonces.freeLast(0));
    assertFalse(nonces.freeLast(0));
    assertEquals(0, nonces.take(0));
  }

  @Test
  void free_nonceThatAnotherProcessTook_isGone() {
    nonces.take(0);
    nonces.free(0);
    assertEquals(1, nonces.take(1));
  }

  @Test
  void takeThis_taken_isNotTakenAgain() {
    assertTrue(nonces.takeThis(1));
    assertEquals(0, nonces.take(0));
    assertFalse(nonces.takeThis(0));
    assertEquals(2, nonces.take(0));
  }

  @Test
  void take_byManyThreads_isDifferentForEach() {
    Set<Long> taken = ConcurrentHashMap.newKeySet();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1000; i++) {
        threads.submit(() -> taken.add(nonces.take(0)));
      }
    }
    assertEquals(1000, taken.size());
  }
}
