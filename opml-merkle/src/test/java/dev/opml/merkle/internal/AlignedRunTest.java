package dev.opml.merkle.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignedRunTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void of_anyWidth_givesTheRootsOfTheScalarKernel(int lanes) throws Throwable {
    KeccakLanes kernel = KeccakLanesTest.kernel(lanes);
    Random random = new Random(lanes);
    for (int leaves = 0; leaves < 140; leaves += 1 + leaves / 9) {
      long[] words = random.longs(3 + (long) leaves * KeccakLanes.LEAF_WORDS).toArray();
      for (long first : new long[] {0, 1, 6, 32, 96, (1L << 40) - 3}) {
        assertArrayEquals(
            AlignedRun.of(ScalarKeccak.INSTANCE, first, leaves, words, 3).roots(),
            AlignedRun.of(kernel, first, leaves, words, 3).roots(),
            leaves + " leaves from " + first);
      }
    }
  }
}
