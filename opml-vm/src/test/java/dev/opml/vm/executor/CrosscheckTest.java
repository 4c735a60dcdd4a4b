package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.testing.TestData;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Native engine and guest, every byte of persistent memory after every node. */
class CrosscheckTest {
  private static void assertNoDifference(Path model, EngineKind engine, int threads, int tokens) {
    ExecutorOptions options =
        ExecutorOptions.DEFAULT.withEngine(engine).withThreads(threads).withContextLimit(64);
    try (GgufExecutor executor = GgufExecutor.open(model, options)) {
      InferenceRequest request =
          InferenceRequest.greedy(executor.tokenizer().encodePrompt("Once upon a time"), tokens);
      long all = request.traceLength(executor.model().header());
      CrosscheckReport report =
          executor.crosscheck(
              request, new NodeIndex(0), new NodeIndex(all), InferenceListener.NONE);
      assertEquals(Optional.empty(), report.first());
      assertEquals(all, report.nodes());
    }
  }

  @ParameterizedTest
  @CsvSource({"VECTOR, 1", "VECTOR, 2", "SCALAR, 1"})
  void crosscheck_bundledModel_everyByteIsEqual(EngineKind engine, int threads) {
    assertNoDifference(TestData.bundledModel(), engine, threads, 3);
  }

  @Test
  void crosscheck_bundledModelQ4_everyByteIsEqual() {
    assertNoDifference(TestData.bundledModelQ4(), EngineKind.VECTOR, 2, 2);
  }

  /** The last positions of a long prompt: they see several tiles of keys, stored by two batches. */
  @Test
  void crosscheck_endOfALongPrompt_everyByteIsEqual() {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withThreads(2);
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4(), options)) {
      TokenIds prompt = TokenIds.of(new Random(7).ints(70, 0, 512).toArray());
      InferenceRequest request = InferenceRequest.greedy(prompt, 2);
      long nodes = executor.model().header().nodesPerToken();
      long all = request.traceLength(executor.model().header());
      CrosscheckReport report =
          executor.crosscheck(
              request, new NodeIndex(62 * nodes), new NodeIndex(all), InferenceListener.NONE);
      assertEquals(Optional.empty(), report.first());
      assertEquals(9 * nodes, report.nodes());
    }
  }

  @ParameterizedTest
  @CsvSource({"VECTOR, 2", "SCALAR, 1"})
  void crosscheck_stories260k_everyByteIsEqual(EngineKind engine, int threads) {
    assertNoDifference(TestData.assumeShared("data/models/stories260K.gguf"), engine, threads, 8);
  }
}
