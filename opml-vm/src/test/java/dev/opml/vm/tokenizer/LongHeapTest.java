package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongHeapTest {
  @Test
  void remove_afterRandomAdds_givesTheSmallest() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    LongHeap heap = new LongHeap(0);
    PriorityQueue<Long> expected = new PriorityQueue<>();
    for (int i = 0; i < 20_000; i++) {
      if (expected.isEmpty() || random.nextInt(5) < 3) {
        long value = random.nextInt(1000) - 500L;
        heap.add(value);
        expected.add(value);
      } else {
        assertEquals(expected.remove(), heap.remove(), "seed " + seed);
      }
    }
    while (!expected.isEmpty()) {
      assertEquals(expected.remove(), heap.remove(), "seed " + seed);
    }
    assertTrue(heap.isEmpty());
  }
}
