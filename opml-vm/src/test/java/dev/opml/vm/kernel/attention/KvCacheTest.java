package dev.opml.vm.kernel.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.kernel.choice.KernelChoice;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class KvCacheTest {
  private static final int HEAD = 64;
  private static final int POSITIONS = 64;

  @Test
  void cache_largerThanMemory_namesItsSizeAndTheFlag() {
    KvLayout layout = new KvLayout(1 << 12, 1 << 12, 1 << 26, 1 << 25);
    OutOfMemoryError refused =
        assertThrows(OutOfMemoryError.class, () -> new KvCache(layout, 1 << 30));
    assertTrue(refused.getMessage().contains("72057594037927936 bytes"), refused.getMessage());
    assertTrue(refused.getMessage().contains("MaxDirectMemorySize"), refused.getMessage());
  }

  /**
   * Rows of different positions may be written by different threads, wherever a kernel has them.
   */
  @Test
  void store_onTwoThreads_losesNothing() throws Exception {
    KvCache expected = cache();
    store(expected, 0);
    store(expected, 1);
    for (int round = 0; round < 500; round++) {
      KvCache cache = cache();
      CyclicBarrier start = new CyclicBarrier(2);
      try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
        for (int half = 0; half < 2; half++) {
          int own = half;
          threads.submit(() -> {
            start.await();
            store(cache, own);
            return null;
          });
        }
      }
      assertArrayEquals(attend(expected), attend(cache), "round " + round);
    }
  }

  private static KvCache cache() {
    return KernelChoice.fastest().cache(new KvLayout(1, HEAD, 4 * HEAD, 2 * HEAD), POSITIONS);
  }

  /** Stores one half of each 32 positions: 0 to 15, or 16 to 31. */
  private static void store(KvCache cache, int half) {
    float[] row = new float[HEAD];
    for (int position = 0; position < POSITIONS; position++) {
      if (position / 16 % 2 == half) {
        Arrays.fill(row, 1f / (position + 1));
        cache.storeKey(position, 0, row, 0);
        cache.storeValue(position, 0, row, 0);
      }
    }
  }

  private static float[] attend(KvCache cache) {
    float[] query = new float[HEAD];
    Arrays.fill(query, 1);
    float[] out = new float[HEAD];
    QueryBlock block = new QueryBlock(1, POSITIONS, 0, query, 0, HEAD, out, 0, HEAD);
    KernelChoice.fastest()
        .attend(cache, 0, block, new Scoring(0.1f, 0, 0), new float[QueryBlock.MOST * POSITIONS]);
    return out;
  }
}
