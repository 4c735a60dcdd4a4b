package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.testing.TestData;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Inputs that no request would have: native engine and guest give them the same meaning. */
class RawInputTest {
  private static final long NODES = 8 * 32;

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
    region.putInt(1).putInt(promptLength).putInt(maxNewTokens).putInt(stop);
    region.putFloat(temperature).putInt(topK).putFloat(topP).putFloat(minP).putLong(99);
    region.position(128);
    for (int id : ids) {
      region.putInt(id);
    }
    return region.array();
  }

  private static void assertNoDifference(byte[] input, long nodes) {
    try (LlamaExecutor executor =
        LlamaExecutor.open(
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
    assertNoDifference(input(3, 2, 1, 0, 0, 1, 0, 1, 1024, -1), 4 * 32);
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
    assertNoDifference(input(1, 3, 0, temperature, topK, topP, minP, 1), 3 * 32);
  }
}
