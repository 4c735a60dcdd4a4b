package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.InvalidChoicesException;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.StopReason;
import dev.opml.api.inference.Verification;
import dev.opml.vm.testing.TestData;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answer choices and penalties, on the native engine and in the guest. */
class ChoicesInferenceTest {
  private static GgufExecutor executor;
  private static GgufExecutor guest;
  private static TokenIds prompt;

  @BeforeAll
  static void open() {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withContextLimit(32);
    executor = GgufExecutor.open(TestData.bundledModelQ4(), options);
    guest = GgufExecutor.open(TestData.bundledModelQ4(), options.withEngine(EngineKind.GUEST));
    prompt = executor.tokenizer().encodePrompt("Once upon");
  }

  @AfterAll
  static void close() {
    guest.close();
    executor.close();
  }

  private static InferenceResult run(InferenceRequest request) {
    return executor.run(request, InferenceListener.NONE);
  }

  /** Choices over few ids, so that many begin alike; those that begin another are left out. */
  private static Choices choices(Random random) {
    List<TokenIds> list = new ArrayList<>();
    for (int n = 1 + random.nextInt(6); n > 0; n--) {
      int[] ids = random.ints(1 + random.nextInt(4), 0, 4).map(i -> 400 + i).toArray();
      List<TokenIds> longer = new ArrayList<>(list);
      longer.add(TokenIds.of(ids));
      try {
        list = Choices.of(longer).list();
      } catch (InvalidChoicesException e) {
        // without it
      }
    }
    return Choices.of(list);
  }

  private static SamplingParameters sampling(Random random) {
    Penalties penalties =
        random.nextBoolean()
            ? Penalties.NONE
            : new Penalties(
                0.5f + random.nextFloat(),
                random.nextFloat() - 0.5f,
                0.1f + random.nextFloat(),
                1 + random.nextInt(40));
    return random.nextBoolean()
        ? new SamplingParameters(0, 0, 1, 0, 0, penalties)
        : new SamplingParameters(
            5, random.nextInt(4), 1 - random.nextFloat() / 2, 0, random.nextLong(), penalties);
  }

  private static InferenceRequest request(Random random) {
    Choices choices = choices(random);
    return new InferenceRequest(
        prompt,
        choices.longest(),
        sampling(random),
        random.nextBoolean() ? StopPolicy.NEVER : StopPolicy.STOP_TOKENS,
        choices);
  }

  @Test
  void run_withChoices_answersWithOneOfThem() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Set<TokenIds> answers = new HashSet<>();
    for (int i = 0; i < 150; i++) {
      InferenceRequest request = request(random);
      InferenceResult result = run(request);
      assertTrue(request.choices().list().contains(result.output()), "seed " + seed);
      assertEquals(StopReason.CHOICE, result.stopReason(), "seed " + seed);
      answers.add(result.output());
    }
    assertTrue(answers.size() > 20, answers::toString);
  }

  @Test
  void run_withChoicesAndPenalties_isTheSameInTheGuest() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 6; i++) {
      InferenceRequest request = request(random);
      InferenceResult result = run(request);
      InferenceResult expected = guest.run(request, InferenceListener.NONE);
      assertEquals(expected.output(), result.output(), "seed " + seed + ", " + request);
      assertEquals(expected.finalRoot(), result.finalRoot(), "seed " + seed + ", " + request);
      assertEquals(expected.stopReason(), result.stopReason(), "seed " + seed + ", " + request);
    }
  }

  @Test
  void verify_claimWithChoices_holdsAndAnotherAnswerIsRefuted() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      InferenceRequest request = request(random);
      Claim claim = run(request).claim();
      assertInstanceOf(
          Verification.Holds.class, executor.verify(claim, InferenceListener.NONE), "seed " + seed);
      for (TokenIds other : request.choices().list()) {
        if (!other.equals(claim.output())) {
          Claim lie = new Claim(claim.modelId(), request, other, claim.finalRoot());
          assertInstanceOf(
              Verification.WrongToken.class,
              executor.verify(lie, InferenceListener.NONE),
              "seed " + seed);
        }
      }
    }
  }

  /** An answer cut off, gone on with, and changed at each place: more tokens than one batch has. */
  @Test
  void verify_longChoiceCutOrContinued_isRefutedWhereItParts() {
    int[] first = new Random(1).ints(200, 400, 420).toArray();
    int[] second = first.clone();
    second[190]++;
    ExecutorOptions options = ExecutorOptions.DEFAULT.withContextLimit(256);
    try (GgufExecutor longer = GgufExecutor.open(TestData.bundledModelQ4(), options)) {
      InferenceRequest request =
          new InferenceRequest(
              prompt,
              200,
              new SamplingParameters(5, 0, 1, 0, 3, new Penalties(1.5f, 0.1f, 0.2f, 100)),
              StopPolicy.STOP_TOKENS,
              Choices.of(List.of(TokenIds.of(first), TokenIds.of(second))));
      Claim right = longer.run(request, InferenceListener.NONE).claim();
      assertInstanceOf(Verification.Holds.class, longer.verify(right, InferenceListener.NONE));
      TokenIds answer = right.output();
      assertWrongToken(longer, right, answer.slice(0, 150), 150);
      assertWrongToken(longer, right, answer.concat(TokenIds.of(400, 401)), 200);
      assertWrongToken(longer, right, answer.with(140, 5), 140);
      assertWrongToken(
          longer, right, answer.with(190, first[190] + second[190] - answer.get(190)), 190);
    }
  }

  private static void assertWrongToken(
      GgufExecutor executor, Claim right, TokenIds output, int index) {
    Claim wrong = new Claim(right.modelId(), right.request(), output, right.finalRoot());
    TokenIds answer = right.output();
    assertEquals(
        new Verification.WrongToken(
            index,
            index < output.size() ? output.get(index) : -1,
            index < answer.size() ? answer.get(index) : -1),
        executor.verify(wrong, InferenceListener.NONE));
  }

  @Test
  void run_penaltiesAlone_changeTheAnswerAsInTheGuest() {
    SamplingParameters penalised =
        new SamplingParameters(0, 0, 1, 0, 0, new Penalties(1.8f, 0.5f, 0.5f, 16));
    InferenceRequest plain = InferenceRequest.greedy(prompt, 24);
    InferenceRequest request = new InferenceRequest(prompt, 24, penalised, StopPolicy.STOP_TOKENS);
    InferenceResult result = run(request);
    assertNotEquals(run(plain).output(), result.output());
    assertEquals(guest.run(request, InferenceListener.NONE).finalRoot(), result.finalRoot());
    assertInstanceOf(
        Verification.Holds.class, executor.verify(result.claim(), InferenceListener.NONE));
  }

  @Test
  void run_cancelledWithinAChoice_hasNoResult() {
    InferenceRequest request =
        new InferenceRequest(
            prompt,
            3,
            SamplingParameters.GREEDY,
            StopPolicy.NEVER,
            Choices.of(List.of(TokenIds.of(400, 401, 402))));
    InferenceListener listener =
        new InferenceListener() {
          @Override
          public void onToken(int index, int tokenId) {
            Thread.currentThread().interrupt();
          }
        };
    CancelledException e =
        assertThrows(CancelledException.class, () -> executor.run(request, listener));
    assertTrue(Thread.interrupted());
    assertTrue(e.partial().isEmpty());
  }
}
