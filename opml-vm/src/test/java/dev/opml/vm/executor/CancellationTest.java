package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.testing.TestData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CancellationTest {
  private static final InferenceListener CANCELLED =
      InferenceListener.NONE.cancelledWhen(() -> true);

  /** More than one batch. */
  private static final TokenIds LONG_PROMPT =
      TokenIds.of(IntStream.range(0, 200).map(i -> 1 + i % 1000).toArray());

  private static GgufExecutor executor;
  private static TokenIds prompt;

  @BeforeAll
  static void open() {
    executor =
        GgufExecutor.open(TestData.bundledModel(), ExecutorOptions.DEFAULT.withContextLimit(512));
    prompt = executor.tokenizer().encodePrompt("Once upon a time");
  }

  @AfterAll
  static void close() {
    executor.close();
  }

  /** An interrupt that a test has left would end the next. */
  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  private static InferenceRequest request(int tokens) {
    SamplingParameters warm = new SamplingParameters(0.8f, 40, 0.95f, 0.02f, 7);
    return new InferenceRequest(prompt, tokens, warm, StopPolicy.NEVER);
  }

  /** Calls {@code action} when token {@code index} is generated. */
  private static InferenceListener onToken(int index, Runnable action) {
    return new InferenceListener() {
      @Override
      public void onToken(int i, int tokenId) {
        if (i == index) {
          action.run();
        }
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 39})
  void run_cancelledAfterAToken_hasTheResultOfTheShorterRequest(int tokens) {
    AtomicBoolean stop = new AtomicBoolean();
    InferenceListener listener = onToken(tokens - 1, () -> stop.set(true)).cancelledWhen(stop::get);
    CancelledException e =
        assertThrows(CancelledException.class, () -> executor.run(request(40), listener));
    requireShorterResult(e, tokens);
    assertFalse(Thread.interrupted());
  }

  @Test
  void run_interruptedAfterAToken_hasTheResultSoFarAndStaysInterrupted() {
    InferenceListener listener = onToken(4, () -> Thread.currentThread().interrupt());
    CancelledException e =
        assertThrows(CancelledException.class, () -> executor.run(request(40), listener));
    assertTrue(Thread.interrupted());
    requireShorterResult(e, 5);
  }

  private static void requireShorterResult(CancelledException e, int tokens) {
    InferenceResult partial = e.partial().orElseThrow();
    InferenceResult expected = executor.run(request(tokens));
    assertEquals(expected.request(), partial.request());
    assertEquals(expected.output(), partial.output());
    assertEquals(expected.finalRoot(), partial.finalRoot());
    assertEquals(expected.inputRoot(), partial.inputRoot());
    assertEquals(expected.outputPath(), partial.outputPath());
    assertEquals(expected.stopReason(), partial.stopReason());
    assertTrue(executor.verify(partial.claim()).holds());
  }

  @Test
  void run_cancelledAfterTheLastToken_isComplete() {
    AtomicBoolean stop = new AtomicBoolean();
    InferenceListener listener = onToken(5, () -> stop.set(true)).cancelledWhen(stop::get);
    assertEquals(6, executor.run(request(6), listener).output().size());
  }

  @Test
  void run_cancelledInTheMiddleOfTheGuestsPosition_hasTheResultBefore() {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withEngine(EngineKind.GUEST);
    try (GgufExecutor guest = GgufExecutor.open(TestData.bundledModelQ4(), options)) {
      int[] asked = {0};
      InferenceListener listener = InferenceListener.NONE.cancelledWhen(() -> ++asked[0] == 190);
      TokenIds two = TokenIds.of(1, 412);
      CancelledException e =
          assertThrows(
              CancelledException.class, () -> guest.run(InferenceRequest.greedy(two, 8), listener));
      assertEquals(190, asked[0]);
      InferenceResult partial = e.partial().orElseThrow();
      assertEquals(3, partial.output().size()); // four positions of 40 nodes are complete
      InferenceResult expected = guest.run(InferenceRequest.greedy(two, 3));
      assertEquals(expected.finalRoot(), partial.finalRoot());
      assertEquals(expected.output(), partial.output());
    }
  }

  /** Every method that takes a listener. */
  private enum Call {
    RUN,
    VERIFY,
    TRACE,
    SCORE,
    CROSSCHECK,
    OPEN;

    Executable with(InferenceListener listener) {
      InferenceRequest request = InferenceRequest.greedy(LONG_PROMPT, 4);
      return switch (this) {
        case RUN -> () -> executor.run(request, listener);
        case VERIFY -> {
          Claim claim = executor.run(request).claim();
          yield () -> executor.verify(claim, listener);
        }
        case TRACE -> () -> executor.trace(request, listener);
        case SCORE -> () -> executor.score(LONG_PROMPT, LONG_PROMPT, listener);
        case CROSSCHECK ->
            () -> executor.crosscheck(request, new NodeIndex(0), new NodeIndex(50), listener);
        case OPEN ->
            () ->
                GgufExecutor.open(
                        TestData.bundledModel(), ExecutorOptions.DEFAULT.withProgress(listener))
                    .close();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void call_cancelledBefore_throwsWithoutAResult(Call call) {
    CancelledException e = assertThrows(CancelledException.class, call.with(CANCELLED));
    assertTrue(e.partial().isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void call_interruptedBefore_throwsAndStaysInterrupted(Call call) throws Throwable {
    Executable interrupted = call.with(InferenceListener.NONE);
    Thread.currentThread().interrupt();
    assertThrows(CancelledException.class, interrupted);
    assertTrue(Thread.interrupted());
    interrupted.execute();
  }

  @ParameterizedTest
  @EnumSource
  void call_cancelledInAPrompt_endsBetweenNodes(Call call) {
    int[] asked = {0};
    InferenceListener listener = InferenceListener.NONE.cancelledWhen(() -> ++asked[0] == 3);
    assertThrows(CancelledException.class, call.with(listener));
    assertEquals(3, asked[0]);
  }

  @Test
  void verify_listener_hearsProgressAndNoTokens() {
    InferenceResult result = executor.run(InferenceRequest.greedy(LONG_PROMPT, 150));
    List<Long> done = new ArrayList<>();
    InferenceListener listener =
        new InferenceListener() {
          @Override
          public void onToken(int index, int tokenId) {
            throw new AssertionError("a token");
          }

          @Override
          public void onProgress(String stage, long soFar, long total) {
            assertEquals("verify", stage);
            assertEquals(LONG_PROMPT.size() + result.output().size() - 1, total);
            done.add(soFar);
          }
        };
    assertTrue(executor.verify(result.claim(), listener).holds());
    assertTrue(done.size() > 1 && done.stream().distinct().count() == done.size(), done::toString);
    List<Long> sorted = new ArrayList<>(done);
    Collections.sort(sorted);
    assertEquals(sorted, done);
  }

  @Test
  void run_listenerThatThrows_throwsWhatItThrows() {
    IllegalStateException thrown = new IllegalStateException("enough");
    InferenceListener listener =
        onToken(
            2,
            () -> {
              throw thrown;
            });
    assertEquals(
        thrown,
        assertThrows(IllegalStateException.class, () -> executor.run(request(9), listener)));
    assertEquals(3, executor.run(request(3)).output().size());
  }
}
