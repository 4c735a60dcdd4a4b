package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.testing.TestData;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Inputs that no request would have: native engine and guest give them the same meaning. */
class RawInputTest {
  private static final int ROWS = 40;
  private static final long NODES = 8 * ROWS;

  private static byte[] input(
      int promptLength,
      int maxNewTokens,
      int stop,
      float temperature,
      int topK,
      float topP,
      float minP,
      int... ids) {
    ByteBuffer region = ByteBuffer.allocate(128 + 4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    region.putInt(2).putInt(promptLength).putInt(maxNewTokens).putInt(stop);
    region.putFloat(temperature).putInt(topK).putFloat(topP).putFloat(minP).putLong(99);
    region.position(128);
    for (int id : ids) {
      region.putInt(id);
    }
    return region.array();
  }

  private static void assertNoDifference(byte[] input, long nodes) {
    try (GgufExecutor executor =
        GgufExecutor.open(
            TestData.bundledModelQ4(), ExecutorOptions.DEFAULT.withContextLimit(16))) {
      CrosscheckReport report =
          executor.crosscheck(
              new RawInput(MemorySegment.ofArray(input)), 0, NODES, InferenceListener.NONE);
      assertEquals(Optional.empty(), report.first());
      assertEquals(nodes, report.nodes());
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "17, 2", "-1, 2", "1, 0"})
  void crosscheck_promptLengthOutOfRange_runsNothing(int promptLength, int maxNewTokens) {
    assertNoDifference(input(promptLength, maxNewTokens, 0, 0, 0, 1, 0, 1, 2, 3), 0);
  }

  @Test
  void crosscheck_idsBeyondVocabulary_readAsZero() {
    assertNoDifference(input(3, 2, 1, 0, 0, 1, 0, 1, 1024, -1), 4 * ROWS);
  }

  @Test
  void crosscheck_lengthBeyondContext_stopsAtTheLimit() {
    assertNoDifference(input(1, -1, 0, 0, 0, 1, 0, 1), NODES);
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 0, 1, 0",
    "-1, 0, 1, 0",
    "200, 0, 1, 0",
    "Infinity, 0, 1, 0",
    "1e-40, 0, 1, 0",
    "0.8, -1, 1, 0",
    "0.8, 3, NaN, 0",
    "0.8, 3, 0, 0",
    "0.8, 3, 1.5, 0",
    "0.8, 0, 0.5, 1",
    "0.8, 0, 0.5, NaN",
    "0.8, 0, 0.5, -0.5",
    "0.8, 1000000, 0.9, 0.1",
    "128, 0, 1, 0",
    "0.0078125, 0, 1e-30, 0.99"
  })
  void crosscheck_samplingParameters_meanTheSame(
      float temperature, int topK, float topP, float minP) {
    assertNoDifference(input(1, 3, 0, temperature, topK, topP, minP, 1), 3 * ROWS);
  }

  /** Penalties of any bits; choices of any number and length, over few ids and over any. */
  @Test
  void crosscheck_anyPenaltiesAndChoices_meanTheSame() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 12; i++) {
      int[] ids = random.ints(64 + random.nextInt(64), 0, 3).map(n -> 411 + n).toArray();
      for (int at = 32, length; at < ids.length; at += 1 + length) {
        length = random.nextInt(12) == 0 ? random.nextInt() : random.nextInt(4);
        ids[at] = length;
        length = Math.clamp(length, 0, ids.length);
      }
      if (random.nextInt(4) == 0) {
        ids[33 + random.nextInt(20)] = random.nextInt();
      }
      byte[] input = input(2, 6, random.nextInt(2), random.nextInt(2), 0, 1, 0, ids);
      ByteBuffer header = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
      for (int field = 40; field < 52; field += 4) {
        boolean ordinary = random.nextBoolean();
        header.putFloat(
            field, ordinary ? 1 + random.nextFloat() : Float.intBitsToFloat(random.nextInt()));
      }
      header.putInt(52, random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(5));
      header.putInt(56, random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(8));
      try (GgufExecutor executor =
          GgufExecutor.open(
              TestData.bundledModelQ4(), ExecutorOptions.DEFAULT.withContextLimit(16))) {
        CrosscheckReport report =
            executor.crosscheck(
                new RawInput(MemorySegment.ofArray(input)), 0, NODES, InferenceListener.NONE);
        assertEquals(Optional.empty(), report.first(), "seed " + seed);
      }
    }
  }
}
