package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyModel;
import java.util.List;
import org.junit.jupiter.api.Test;

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
        terms.policy(),
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

  @Test
  void request_policyBelowTheDeployments_isRefused() {
    FinalityPolicy least = FinalityPolicy.least(arena.parameters);
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
    FinalityPolicy least = FinalityPolicy.least(arena.parameters);
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
