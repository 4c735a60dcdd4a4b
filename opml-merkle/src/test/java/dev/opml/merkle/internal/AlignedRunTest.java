package dev.opml.merkle.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignedRunTest {
  private static AlignedRun hash(
      KeccakLanes kernel, long first, int leaves, long[] words, int offset) {
    SubtreeBatch batch = new SubtreeBatch(kernel, words);
    AlignedRun run = AlignedRun.of(first, leaves, offset, batch);
    batch.tasks().forEach(Runnable::run);
    return run;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void of_anyWidth_givesTheRootsOfTheScalarKernel(int lanes) throws Throwable {
    KeccakLanes kernel = KeccakLanesTest.kernel(lanes);
    Random random = new Random(lanes);
    for (int leaves = 0; leaves < 140; leaves += 1 + leaves / 9) {
      long[] words = random.longs(3 + (long) leaves * KeccakLanes.LEAF_WORDS).toArray();
      for (long first : new long[] {0, 1, 6, 32, 96, (1L << 40) - 3}) {
        assertArrayEquals(
            hash(ScalarKeccak.INSTANCE, first, leaves, words, 3).roots(),
            hash(kernel, first, leaves, words, 3).roots(),
            leaves + " leaves from " + first);
      }
    }
  }

  /** Batches of none to more than twice as many runs as lanes, equal ones and others. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void of_anyBatch_givesTheRootsOfEachRunAlone(int lanes) throws Throwable {
    KeccakLanes kernel = KeccakLanesTest.kernel(lanes);
    Random random = new Random(lanes);
    long[] words = random.longs(200L * KeccakLanes.LEAF_WORDS).toArray();
    for (int runs = 0; runs < 20; runs++) {
      for (int maxHeight = 0; maxHeight < 7; maxHeight++) {
        SubtreeBatch batch = new SubtreeBatch(kernel, words);
        List<AlignedRun> together = new ArrayList<>();
        List<AlignedRun> alone = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
          boolean equal = random.nextInt(4) > 0;
          int leaves = equal ? 1 << maxHeight : random.nextInt(1 << maxHeight);
          long first = equal ? (long) leaves * random.nextInt(100) : random.nextInt(100);
          int offset = random.nextInt(words.length - leaves * KeccakLanes.LEAF_WORDS + 1);
          together.add(AlignedRun.of(first, leaves, offset, batch));
          alone.add(hash(ScalarKeccak.INSTANCE, first, leaves, words, offset));
        }
        batch.tasks().forEach(Runnable::run);
        for (int run = 0; run < runs; run++) {
          assertArrayEquals(
              alone.get(run).roots(),
              together.get(run).roots(),
              "run %d of %d, height %d".formatted(run, runs, maxHeight));
        }
      }
    }
  }
}
