package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.InferenceSession;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.vm.testing.RandomModel;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session that keeps what it computed answers as one that does not, bit for bit. */
class KeptSessionTest {
  private static final long SEED = 20_261_201;
  private static final int TURNS = 12;

  @TempDir private Path folder;

  private static TokenIds ids(Random random, int count, int vocabulary) {
    return TokenIds.of(random.ints(count, 0, vocabulary).toArray());
  }

  private static InferenceRequest request(TokenIds prompt, Random random) {
    SamplingParameters sampling =
        random.nextBoolean()
            ? SamplingParameters.GREEDY
            : new SamplingParameters(0.9f, 20, 0.9f, 0.01f, random.nextLong());
    return new InferenceRequest(
        prompt, 1 + random.nextInt(6), sampling, StopPolicy.values()[random.nextInt(2)]);
  }

  private static void assertSame(InferenceResult expected, InferenceResult actual, String where) {
    assertEquals(expected.output(), actual.output(), where);
    assertEquals(expected.finalRoot(), actual.finalRoot(), where);
    assertEquals(expected.outputPath(), actual.outputPath(), where);
    assertEquals(expected.inputRoot(), actual.inputRoot(), where);
    assertEquals(expected.stopReason(), actual.stopReason(), where);
  }

  /** The next prompt: all that was said and more, or a part of it, or the same, or another. */
  private static TokenIds next(TokenIds said, Random random, int vocabulary, int most) {
    TokenIds more = ids(random, 1 + random.nextInt(20), vocabulary);
    TokenIds next =
        switch (random.nextInt(6)) {
          case 0 -> more;
          case 1 -> said;
          case 2 -> said.slice(0, 1 + random.nextInt(said.size()));
          case 3 -> said.slice(0, 1 + random.nextInt(said.size())).concat(more);
          default -> said.concat(more);
        };
    return next.size() <= most ? next : more;
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void run_turnAfterTurn_isWhatARunFromTheBeginningIs(EngineKind kind) {
    Random random = new Random(SEED);
    ExecutorOptions options = ExecutorOptions.DEFAULT.withEngine(kind);
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModel(), options);
        GgufExecutor fresh = GgufExecutor.open(TestData.bundledModel());
        InferenceSession session = executor.newSession()) {
      TokenIds said = executor.tokenizer().encodePrompt("Once upon a time");
      int turns = kind == EngineKind.GUEST ? 2 : TURNS;
      for (int turn = 0; turn < turns; turn++) {
        InferenceRequest request = request(said, random);
        InferenceResult result = session.run(request);
        assertSame(fresh.run(request), result, "seed " + SEED + ", turn " + turn);
        said = next(said.concat(result.output()), random, 1024, 200);
      }
    }
  }

  /** Windows, tables of angles, soft caps and infinities of every architecture. */
  @Test
  void run_anyArchitecture_isWhatARunFromTheBeginningIs() throws IOException {
    for (long seed = SEED; seed < SEED + 2L * RandomModel.ARCHITECTURES.size(); seed++) {
      Path model = Files.write(folder.resolve(seed + ".gguf"), RandomModel.bytes(seed));
      Random random = new Random(seed);
      try (GgufExecutor executor = GgufExecutor.open(model);
          InferenceSession session = executor.newSession()) {
        int vocabulary = executor.model().header().vocabularySize();
        TokenIds said = ids(random, 5, vocabulary);
        for (int turn = 0; turn < TURNS; turn++) {
          InferenceRequest request = request(said, random);
          InferenceResult result = session.run(request);
          assertSame(executor.run(request), result, "seed " + seed + ", turn " + turn);
          said = next(said.concat(result.output()), random, vocabulary, 200);
        }
      }
    }
  }

  @Test
  void run_continuedText_computesOnlyWhatIsNew() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModel());
        InferenceSession session = executor.newSession()) {
      TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time");
      InferenceResult first = session.run(InferenceRequest.greedy(prompt, 4));
      assertEquals(prompt.size(), first.timing().prefillTokens());
      TokenIds more = executor.tokenizer().encode("and then");
      TokenIds text = prompt.concat(first.output()).concat(more);
      InferenceResult second = session.run(InferenceRequest.greedy(text, 4));
      // The last output token was drawn, and has not been read yet.
      assertEquals(more.size() + 1, second.timing().prefillTokens());
      InferenceResult again = session.run(InferenceRequest.greedy(text, 4));
      assertEquals(1, again.timing().prefillTokens());
      assertSame(second, again, "the same request");
    }
  }

  /** A stop string ends a generation by a cancellation; the next turn goes on from there. */
  @Test
  void run_afterACancelledOne_keepsWhatWasGenerated() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModel());
        InferenceSession session = executor.newSession()) {
      TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time");
      AtomicInteger tokens = new AtomicInteger();
      InferenceListener counter =
          new InferenceListener() {
            @Override
            public void onToken(int index, int tokenId) {
              tokens.set(index + 1);
            }
          };
      InferenceRequest long_ = InferenceRequest.greedy(prompt, 40);
      CancelledException cancelled =
          assertThrows(
              CancelledException.class,
              () -> session.run(long_, counter.cancelledWhen(() -> tokens.get() == 7)));
      TokenIds text = prompt.concat(cancelled.partial().orElseThrow().output());
      InferenceRequest next = InferenceRequest.greedy(text, 5);
      InferenceResult result = session.run(next);
      assertEquals(1, result.timing().prefillTokens());
      assertSame(executor.run(next), result, "after a cancellation");
    }
  }

  /** Within the prompt nothing of use has been computed. */
  @Test
  void run_afterOneCancelledInItsPrompt_isRight() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModel());
        InferenceSession session = executor.newSession()) {
      TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time there was a girl");
      InferenceRequest request = InferenceRequest.greedy(prompt, 5);
      assertThrows(
          CancelledException.class,
          () -> session.run(request, InferenceListener.NONE.cancelledWhen(() -> true)));
      assertSame(executor.run(request), session.run(request), "after a cancellation");
    }
  }

  /** A listener that waits for another call of the session would wait for itself. */
  @Test
  void run_byAListenerOfTheSession_isRefused() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModel());
        InferenceSession session = executor.newSession()) {
      InferenceRequest request =
          InferenceRequest.greedy(executor.tokenizer().encodePrompt("Once"), 2);
      InferenceListener nested =
          new InferenceListener() {
            @Override
            public void onToken(int index, int tokenId) {
              session.run(request);
            }
          };
      assertThrows(IllegalStateException.class, () -> session.run(request, nested));
      assertSame(executor.run(request), session.run(request), "afterwards");
    }
  }

  @Test
  void run_closed_isRefused() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModel())) {
      InferenceRequest request =
          InferenceRequest.greedy(executor.tokenizer().encodePrompt("Once"), 1);
      InferenceSession session = executor.newSession();
      session.close();
      session.close();
      assertTrue(
          assertThrows(IllegalStateException.class, () -> session.run(request))
              .getMessage()
              .contains("closed"));
    }
  }
}
