package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult.Timing;
import dev.opml.vm.testing.TestData;
import org.junit.jupiter.api.Test;

class UnhashedModelTest {
  private static final ExecutorOptions OPTIONS = ExecutorOptions.DEFAULT.withThreads(1);

  @Test
  void time_promptAndOutput_areTimedApart() {
    try (UnhashedModel model = UnhashedModel.open(TestData.bundledModel(), OPTIONS)) {
      Timing timing = model.time(InferenceRequest.greedy(TokenIds.of(1, 412, 432), 5));
      assertEquals(3, timing.prefillTokens());
      assertEquals(4, timing.decodeTokens(), "the first token is the prefill's");
      assertTrue(timing.prefillNanos() > 0 && timing.decodeNanos() > 0, timing.toString());
      InferenceRequest tooLong =
          InferenceRequest.greedy(TokenIds.of(1), model.header().contextLimit());
      assertThrows(LimitExceededException.class, () -> model.time(tooLong));
    }
  }

  @Test
  void kernels_areThoseOfTheOptions() {
    assertEquals("scalar", UnhashedModel.kernels(OPTIONS.withEngine(EngineKind.SCALAR)));
    ExecutorOptions guest = OPTIONS.withEngine(EngineKind.GUEST);
    assertThrows(IllegalArgumentException.class, () -> UnhashedModel.kernels(guest));
  }
}
