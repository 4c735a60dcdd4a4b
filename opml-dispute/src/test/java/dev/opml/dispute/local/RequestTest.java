package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.LimitExceededException;
import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InvalidChoicesException;
import dev.opml.api.inference.InvalidSamplingException;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Window;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyModel;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Attacks on a request and its fee. */
class RequestTest {
  private final Arena arena = new Arena();

  private RequestTerms with(InferenceRequest inference) {
    RequestTerms terms = arena.terms(1);
    return new RequestTerms(
        terms.model(),
        inference,
        terms.fee(),
        terms.sealingDeadline(),
        terms.consumer(),
        FinalityPolicy.least(arena.parameters, inference.traceLength(arena.model.header())),
        terms.nonce());
  }

  private RequestTerms with(FinalityPolicy policy, long sealingDeadline) {
    RequestTerms terms = arena.terms(1);
    return new RequestTerms(
        terms.model(),
        terms.inference(),
        terms.fee(),
        sealingDeadline,
        terms.consumer(),
        policy,
        terms.nonce());
  }

  private void assertRequestRefused(Refusal reason, RequestTerms terms) {
    Wei before = arena.as(Arena.REQUESTER).balance(Arena.REQUESTER);
    assertRefused(reason, () -> arena.as(Arena.REQUESTER).request(terms));
    assertEquals(before, arena.as(Arena.REQUESTER).balance(Arena.REQUESTER));
  }

  @Test
  void request_emptyPromptOrNoNewToken_cannotEvenBeSaid() {
    assertThrows(IllegalArgumentException.class, () -> InferenceRequest.greedy(TokenIds.EMPTY, 1));
    assertThrows(IllegalArgumentException.class, () -> InferenceRequest.greedy(TokenIds.of(1), 0));
  }

  @Test
  void request_aboveContextLimit_isRefused() {
    arena
        .as(Arena.REQUESTER)
        .request(with(InferenceRequest.greedy(TokenIds.of(1), ToyModel.CONTEXT - 1)));
    assertRequestRefused(
        Refusal.REQUEST_OUT_OF_LIMITS,
        with(InferenceRequest.greedy(TokenIds.of(1), ToyModel.CONTEXT)));
  }

  @Test
  void request_tokenOutsideVocabulary_isRefused() {
    arena
        .as(Arena.REQUESTER)
        .request(with(InferenceRequest.greedy(TokenIds.of(ToyModel.VOCABULARY - 1), 1)));
    assertRequestRefused(
        Refusal.REQUEST_OUT_OF_LIMITS,
        with(InferenceRequest.greedy(TokenIds.of(ToyModel.VOCABULARY), 1)));
  }

  @Test
  void request_traceAbove2To40Nodes_isRefused() {
    GraphHeader header =
        new GraphHeader(GraphMode.ROW_PER_NODE, 1 << 30, 10, 1 << 20, TokenIds.EMPTY);
    Arena huge =
        new Arena(8, new ToyModel(header, 1), InferenceRequest.greedy(TokenIds.of(1), 1024));
    assertEquals(1L << 40, huge.request().traceLength());
    RequestTerms terms = huge.terms(1);
    assertRefused(
        Refusal.TRACE_TOO_LONG,
        () ->
            huge.as(Arena.REQUESTER)
                .request(
                    new RequestTerms(
                        terms.model(),
                        InferenceRequest.greedy(TokenIds.of(1), 1025),
                        terms.fee(),
                        terms.sealingDeadline(),
                        terms.consumer(),
                        terms.policy(),
                        1)));
  }

  @Test
  void request_moreTokensThanTheOutputRegionHolds_isRefused() {
    GraphHeader header =
        new GraphHeader(GraphMode.ROW_PER_NODE, 1, 10, Integer.MAX_VALUE, TokenIds.EMPTY);
    Arena wide = new Arena(8, new ToyModel(header, 1), InferenceRequest.greedy(TokenIds.of(1), 1));
    RequestTerms terms = wide.terms(1);
    assertRefused(
        Refusal.REQUEST_OUT_OF_LIMITS,
        () ->
            wide.as(Arena.REQUESTER)
                .request(
                    new RequestTerms(
                        terms.model(),
                        InferenceRequest.greedy(TokenIds.of(1), 1 << 22),
                        terms.fee(),
                        terms.sealingDeadline(),
                        terms.consumer(),
                        terms.policy(),
                        1)));
  }

  /** A token outside the vocabulary, and a stop token that would end an answer within a choice. */
  @Test
  void request_choicesThatDoNotFitTheModel_isRefused() {
    GraphHeader header = new GraphHeader(GraphMode.ROW_PER_NODE, 1, 10, 64, TokenIds.of(3));
    Arena stopping =
        new Arena(8, new ToyModel(header, 1), InferenceRequest.greedy(TokenIds.of(1), 8));
    RequestTerms terms = stopping.terms(1);
    for (TokenIds choice : List.of(TokenIds.of(10), TokenIds.of(3, 4))) {
      assertRefused(
          Refusal.REQUEST_OUT_OF_LIMITS,
          () ->
              stopping
                  .as(Arena.REQUESTER)
                  .request(
                      new RequestTerms(
                          terms.model(),
                          new InferenceRequest(
                              TokenIds.of(1),
                              choice.size(),
                              SamplingParameters.GREEDY,
                              StopPolicy.STOP_TOKENS,
                              Choices.of(List.of(choice))),
                          terms.fee(),
                          terms.sealingDeadline(),
                          terms.consumer(),
                          terms.policy(),
                          1)));
    }
  }

  @Test
  void request_promptOfAnotherKindOrSize_isRefused() {
    GraphHeader header = new GraphHeader(2, GraphMode.SINGLE_PHASE, 3, 10, 2, 5, TokenIds.EMPTY);
    InferenceRequest fits = InferenceRequest.classify(ByteVector.of(new byte[5]));
    Arena bytes = new Arena(8, new ToyModel(header, 1), fits);
    assertEquals(fits, bytes.request().terms().inference());
    assertEquals(1, bytes.request().traceLength());
    RequestTerms terms = bytes.terms(1);
    for (InferenceRequest other :
        List.of(
            InferenceRequest.classify(ByteVector.of(new byte[4])),
            InferenceRequest.greedy(TokenIds.of(1), 1))) {
      assertRefused(
          Refusal.REQUEST_OUT_OF_LIMITS,
          () ->
              bytes
                  .as(Arena.REQUESTER)
                  .request(
                      new RequestTerms(
                          terms.model(),
                          other,
                          terms.fee(),
                          terms.sealingDeadline(),
                          terms.consumer(),
                          terms.policy(),
                          1)));
    }
    assertRequestRefused(Refusal.REQUEST_OUT_OF_LIMITS, with(fits));
  }

  @Test
  void request_unknownModel_isRefused() {
    RequestTerms terms = arena.terms(1);
    assertRequestRefused(
        Refusal.UNKNOWN_MODEL,
        new RequestTerms(
            new ModelId(Bytes32.ZERO),
            terms.inference(),
            terms.fee(),
            terms.sealingDeadline(),
            terms.consumer(),
            terms.policy(),
            1));
  }

  /** Choices, penalties, stop policies, bytes: nothing of it is left out of what is proven. */
  @Test
  void request_anyExtension_hasTheInputRootThatTheFormatSays() {
    GraphHeader header =
        new GraphHeader(GraphMode.ROW_PER_NODE, 3, 50, 10_000, TokenIds.of(48, 49));
    Arena tokens =
        new Arena(8, new ToyModel(header, 1), InferenceRequest.greedy(TokenIds.of(1), 1));
    for (long seed = 1; seed <= 300; seed++) {
      assertInputIsTheFormats(tokens, RandomRequests.tokens(new Random(seed), 48), seed);
    }
    GraphHeader network = new GraphHeader(2, GraphMode.SINGLE_PHASE, 3, 10, 2, 300, TokenIds.EMPTY);
    InferenceRequest zeros = InferenceRequest.classify(ByteVector.of(new byte[300]));
    Arena bytes = new Arena(8, new ToyModel(network, 1), zeros);
    for (long seed = 1; seed <= 50; seed++) {
      assertInputIsTheFormats(bytes, RandomRequests.bytes(new Random(seed), 300), seed);
    }
  }

  private static void assertInputIsTheFormats(Arena arena, InferenceRequest inference, long seed) {
    RequestTerms terms = arena.terms(seed);
    RequestId id =
        arena
            .as(Arena.REQUESTER)
            .request(
                new RequestTerms(
                    terms.model(),
                    inference,
                    Wei.ZERO,
                    terms.sealingDeadline(),
                    terms.consumer(),
                    FinalityPolicy.least(
                        arena.parameters, inference.traceLength(arena.model.header())),
                    terms.nonce()));
    RequestView view = arena.as(Arena.STRANGER).request(id).orElseThrow();
    assertEquals(
        arena.model.initialRoot(RandomRequests.inputRegion(inference)),
        view.initialRoot(),
        () -> "seed " + seed + ": " + inference);
  }

  /** A number that is out of range for every model is refused where it is made, by its name. */
  @Test
  void request_extensionOutOfItsRange_cannotEvenBeSaid() {
    TokenIds prompt = TokenIds.of(1);
    Choices choices = Choices.of(List.of(TokenIds.of(2), TokenIds.of(3, 4)));
    SamplingParameters greedy = SamplingParameters.GREEDY;
    Penalties penalties = new Penalties(2, 0, 0, 5);
    SamplingParameters penalised = new SamplingParameters(0, 0, 1, 0, 0, penalties);
    assertEquals("temperature", invalid(() -> new SamplingParameters(-0f, 0, 1, 0, 0)));
    assertEquals("topP", invalid(() -> new SamplingParameters(1, 0, Float.NaN, 0, 0)));
    assertEquals("minP", invalid(() -> new SamplingParameters(1, 0, 1, -0f, 0)));
    assertEquals("repeatPenalty", invalid(() -> new Penalties(Float.NaN, 0, 0, 5)));
    assertEquals("presencePenalty", invalid(() -> new Penalties(2, -0f, 0, 5)));
    assertEquals("frequencyPenalty", invalid(() -> new Penalties(2, 0, 129, 5)));
    assertEquals("penaltyWindow", invalid(() -> new Penalties(1, 0, 0, 5)));
    for (int length : new int[] {1, 3}) {
      assertThrows(
          InvalidChoicesException.class,
          () -> new InferenceRequest(prompt, length, greedy, StopPolicy.NEVER, choices));
    }
    assertThrows(
        InvalidChoicesException.class,
        () -> Choices.of(List.of(TokenIds.of(2), TokenIds.of(2, 3))));
    assertThrows(InvalidChoicesException.class, () -> Choices.of(List.of(TokenIds.EMPTY)));
    assertThrows(
        LimitExceededException.class,
        () -> Choices.of(List.of(TokenIds.of(new int[Choices.MAX_WORDS]))));
    ByteVector vector = ByteVector.of(new byte[4]);
    assertThrows(
        InvalidChoicesException.class,
        () -> new InferenceRequest(vector, 2, greedy, StopPolicy.NEVER, choices));
    assertThrows(
        LimitExceededException.class,
        () -> new InferenceRequest(vector, 2, greedy, StopPolicy.NEVER));
    assertEquals(
        "penaltyWindow",
        invalid(() -> new InferenceRequest(vector, 1, penalised, StopPolicy.NEVER)));
  }

  private static String invalid(Executable request) {
    return assertThrows(InvalidSamplingException.class, request).parameter();
  }

  private static Arena longRequest() {
    return new Arena(8, GraphMode.ROW_PER_NODE, 36_000_000, 1);
  }

  private static RequestTerms with(
      Arena arena, InferenceRequest inference, long challengeWindow, long sealingWindow) {
    RequestTerms terms = arena.terms(1);
    return new RequestTerms(
        terms.model(),
        inference,
        Wei.ZERO,
        arena.blocks.head().time() + sealingWindow,
        terms.consumer(),
        new FinalityPolicy(
            challengeWindow,
            arena.parameters.money().leastBond(inference.traceLength(arena.model.header()))),
        terms.nonce());
  }

  /**
   * No clock and no window knows of a run that takes longer, so a true answer to it could not be
   * defended. 36 million nodes are the 3,600 seconds that the deployment allows.
   */
  @Test
  void request_longerToRunThanTheDeploymentAllows_isRefused() {
    Arena longest = longRequest();
    InferenceRequest twice = InferenceRequest.greedy(TokenIds.of(5), 2);
    assertEquals(36_000_000, longest.request().traceLength());
    assertRefused(
        Refusal.TOO_MUCH_WORK,
        () -> longest.as(Arena.REQUESTER).request(with(longest, twice, 1_000_000, 1_000_000)));
  }

  /** A claim that cannot be checked within its window would become final unchecked. */
  @Test
  void request_windowsTooShortForItsWork_isRefused() {
    Arena longest = longRequest();
    long challenge = 7197 + 3 * 3600;
    long sealing = 3598 + 2 * 3600;
    for (long[] less : new long[][] {{challenge - 1, sealing}, {challenge, sealing - 1}}) {
      assertRefused(
          Refusal.POLICY_OUT_OF_RANGE,
          () ->
              longest
                  .as(Arena.REQUESTER)
                  .request(with(longest, longest.inference, less[0], less[1])));
    }
    longest.as(Arena.REQUESTER).request(with(longest, longest.inference, challenge, sealing));
  }

  /** A requester that pays nothing must not lock a proposer's bond for as long as it likes. */
  @Test
  void request_freeWithAWindowOfAYear_isRefused() {
    WindowRules windows = arena.parameters.windows();
    long year = 365L * 24 * 3600;
    for (long[] more :
        new long[][] {
          {year, 4000},
          {windows.longestChallengeWindow() + 1, 4000},
          {8000, year},
          {8000, windows.longestSealingWindow() + 1}
        }) {
      assertRefused(
          Refusal.POLICY_OUT_OF_RANGE,
          () ->
              arena
                  .as(Address.named("poor"))
                  .request(with(arena, arena.inference, more[0], more[1])));
    }
    arena
        .as(Address.named("poor"))
        .request(
            with(
                arena,
                arena.inference,
                windows.longestChallengeWindow(),
                windows.longestSealingWindow()));
  }

  /** Else a bond decides who can answer or challenge at all. */
  @Test
  void request_bondAboveTenTimesTheLeast_isRefused() {
    FinalityPolicy least = FinalityPolicy.least(arena.parameters, arena.truth.length());
    long deadline = arena.terms(0).sealingDeadline();
    Wei most = least.bond().times(10);
    assertRequestRefused(
        Refusal.POLICY_OUT_OF_RANGE,
        with(new FinalityPolicy(least.challengeWindow(), most.plus(Wei.of(1))), deadline));
    arena
        .as(Arena.REQUESTER)
        .request(with(new FinalityPolicy(least.challengeWindow(), most), deadline));
  }

  @Test
  void request_policyBelowTheDeployments_isRefused() {
    FinalityPolicy least = FinalityPolicy.least(arena.parameters, arena.truth.length());
    long deadline = arena.terms(0).sealingDeadline();
    assertRequestRefused(
        Refusal.POLICY_OUT_OF_RANGE,
        with(new FinalityPolicy(least.challengeWindow() - 1, least.bond()), deadline));
    assertRequestRefused(
        Refusal.POLICY_OUT_OF_RANGE,
        with(new FinalityPolicy(least.challengeWindow(), least.bond().minus(Wei.of(1))), deadline));
    assertRequestRefused(
        Refusal.POLICY_OUT_OF_RANGE,
        with(new FinalityPolicy(Long.MAX_VALUE, least.bond()), deadline));
  }

  @Test
  void request_feeThatDoesNotFit96Bits_isRefused() {
    Wei tooMuch = Wei.MOST.plus(Wei.of(1));
    arena.arbiter.fund(Arena.REQUESTER, tooMuch);
    assertRequestRefused(Refusal.AMOUNT_OUT_OF_RANGE, withFee(tooMuch));
    arena.as(Arena.REQUESTER).request(withFee(Wei.MOST));
  }

  private RequestTerms withFee(Wei fee) {
    RequestTerms terms = arena.terms(1);
    return new RequestTerms(
        terms.model(),
        terms.inference(),
        fee,
        terms.sealingDeadline(),
        terms.consumer(),
        terms.policy(),
        1);
  }

  @Test
  void request_sealingDeadlineTooCloseOrTooFar_isRefused() {
    FinalityPolicy least = FinalityPolicy.least(arena.parameters, arena.truth.length());
    long now = arena.blocks.head().time();
    assertRequestRefused(Refusal.POLICY_OUT_OF_RANGE, with(least, now + 3599));
    assertRequestRefused(Refusal.POLICY_OUT_OF_RANGE, with(least, Long.MAX_VALUE));
    assertRequestRefused(Refusal.POLICY_OUT_OF_RANGE, with(least, Long.MIN_VALUE));
  }

  @Test
  void request_sameTwice_isRefusedUnlessTheNonceDiffers() {
    assertRequestRefused(Refusal.DUPLICATE, arena.terms(0));
    assertNotEquals(arena.request, arena.as(Arena.REQUESTER).request(arena.terms(1)));
  }

  @Test
  void request_feeThatTheRequesterDoesNotHave_isRefused() {
    assertRefused(
        Refusal.INSUFFICIENT_FUNDS, () -> arena.as(Address.named("poor")).request(arena.terms(1)));
  }

  @Test
  void request_feeOfZero_isAccepted() {
    RequestTerms terms = arena.terms(1);
    RequestId id =
        arena
            .as(Address.named("poor"))
            .request(
                new RequestTerms(
                    terms.model(),
                    terms.inference(),
                    Wei.ZERO,
                    terms.sealingDeadline(),
                    terms.consumer(),
                    terms.policy(),
                    1));
    assertEquals(RequestStatus.OPEN, arena.as(Arena.STRANGER).request(id).orElseThrow().status());
  }

  @Test
  void requestId_anotherChainArbiterOrRequester_isAnotherId() {
    RequestTerms terms = arena.terms(0);
    assertEquals(arena.request, terms.id(Arena.IDENTITY, Arena.REQUESTER));
    assertNotEquals(
        arena.request, terms.id(new ArbiterIdentity(1, Arena.IDENTITY.arbiter()), Arena.REQUESTER));
    assertNotEquals(
        arena.request, terms.id(new ArbiterIdentity(31337, Arena.STRANGER), Arena.REQUESTER));
    assertNotEquals(arena.request, terms.id(Arena.IDENTITY, Arena.STRANGER));
  }

  @Test
  void refund_beforeTheDeadline_isRefused() {
    arena.blocks.advance(4000);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.REQUESTER).refund(arena.request));
  }

  @Test
  void refund_noClaimInTime_creditsTheFeeOnce() {
    arena.blocks.advance(4001);
    arena.as(Arena.STRANGER).refund(arena.request);
    assertEquals(Arena.FEE, arena.credit(Arena.REQUESTER));
    arena.assertMoneyConserved();
    assertRefused(Refusal.REQUEST_CLOSED, () -> arena.as(Arena.REQUESTER).refund(arena.request));
  }

  /** A requester must not get the answer and its fee back. */
  @Test
  void refund_whileAClaimIsAlive_isRefused() {
    arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(5000);
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.REQUESTER).refund(arena.request));
  }

  /**
   * Nobody can kill a request by losing on purpose at the last moment: an honest proposer gets time
   * to seal.
   */
  @Test
  void refutation_afterTheSealingDeadline_reopensSealing() {
    ClaimId bad = arena.claim(Arena.PROPOSER, arena.lying(3, 0));
    var game = arena.challenge(Arena.CHALLENGER, bad, arena.truth);
    arena.blocks.advance(10_000);
    arena.timeOut(game);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.REQUESTER).refund(arena.request));
    arena.blocks.advance(3600);
    arena.claim(Arena.STRANGER, arena.truth);
    arena.assertMoneyConserved();
  }

  /** The time that is left counts, and not the clock after the chain stood still. */
  @Test
  void missingReveal_withMoreTimeLeftThanTheLeast_changesNothing() {
    RequestId id =
        arena.as(Arena.REQUESTER).request(with(arena, arena.inference, 7200, 660 + 60 + 3600));
    ClaimId claim = arena.as(Arena.PROPOSER).seal(id, new Seal(Bytes32.ZERO), arena.truth.output());
    Window before = arena.as(Arena.STRANGER).request(id).orElseThrow().sealing();
    for (int block = 0; block < 12; block++) {
      arena.blocks.standStill(100_000);
    }
    arena.as(Arena.STRANGER).expire(claim);
    assertEquals(before, arena.as(Arena.STRANGER).request(id).orElseThrow().sealing());
    assertEquals(3600, before.secondsLeft(arena.blocks.head()));
  }

  /** Whoever answers instead has to run it, and to run it again if that fails. */
  @Test
  void missingReveal_ofALongRequest_givesTimeToRunItTwice() {
    Arena longest = longRequest();
    ClaimId claim =
        longest
            .as(Arena.PROPOSER)
            .seal(longest.request, new Seal(Bytes32.ZERO), longest.truth.output());
    longest.blocks.advance(60 + 599 + 3600 + 1);
    longest.as(Arena.STRANGER).expire(claim);
    assertEquals(
        longest.blocks.head().time() + 3598 + 2 * 3600, longest.request().sealingDeadline());
  }

  @Test
  void missingReveal_afterTheSealingDeadline_reopensSealing() {
    arena.blocks.advance(4000);
    ClaimId claim =
        arena
            .as(Arena.PROPOSER)
            .seal(
                arena.request,
                Arena.seal(Arena.PROPOSER, arena.request, arena.truth, Arena.SALT),
                arena.truth.output());
    arena.blocks.advance(661);
    arena.as(Arena.STRANGER).expire(claim);
    assertEquals(arena.blocks.head().time() + 3600, arena.request().sealingDeadline());
    arena.claim(Arena.STRANGER, arena.truth);
  }

  @Test
  void unknownIds_areRefused() {
    assertRefused(
        Refusal.UNKNOWN_REQUEST,
        () -> arena.as(Arena.STRANGER).refund(new RequestId(Bytes32.ZERO)));
    assertRefused(
        Refusal.UNKNOWN_CLAIM, () -> arena.as(Arena.STRANGER).settle(new ClaimId(Bytes32.ZERO)));
  }

  @Test
  void register_isOpenToAnybody() {
    arena
        .as(Address.named("poor"))
        .register(arena.model.registration(), new ModelSource(Bytes32.ZERO, "x"));
  }
}
