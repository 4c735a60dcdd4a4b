package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.LongPaths;
import dev.opml.dispute.toy.ToyModel;
import dev.opml.merkle.Commitments;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Attacks on seals, reveals and the fee. */
class ClaimTest {
  private final Arena arena = new Arena();

  private ClaimId sealed(Address proposer, Seal seal) {
    return arena.as(proposer).seal(arena.request, seal, arena.truth.output());
  }

  private Seal honestSeal(Address proposer) {
    return Arena.seal(proposer, arena.request, arena.truth, Arena.SALT);
  }

  private Reveal honestReveal() {
    return Arena.reveal(arena.truth, Arena.SALT);
  }

  /**
   * The seal names its proposer: whoever copies it cannot open it, even with the salt, and loses
   * the bond.
   */
  @Test
  void seal_copiedByAnotherProposer_cannotBeRevealedAndIsBurnt() {
    Seal seal = honestSeal(Arena.PROPOSER);
    sealed(Arena.PROPOSER, seal);
    ClaimId copy = sealed(Arena.STRANGER, seal);
    arena.blocks.advance(60);
    assertRefused(
        Refusal.SEAL_MISMATCH, () -> arena.as(Arena.STRANGER).reveal(copy, honestReveal()));
    arena.blocks.advance(601);
    arena.as(Arena.REQUESTER).expire(copy);
    assertEquals(Arena.BOND, arena.arbiter.totals().burnt());
    arena.assertMoneyConserved();
  }

  @Test
  void seal_ofAnotherChain_cannotBeRevealed() {
    Seal seal =
        Seal.of(
            new ArbiterIdentity(1, Arena.IDENTITY.arbiter()),
            arena.request,
            Arena.PROPOSER,
            Commitments.outputRoot(arena.truth.output()),
            arena.truth.finalRoot(),
            Arena.SALT);
    ClaimId claim = sealed(Arena.PROPOSER, seal);
    arena.blocks.advance(60);
    assertRefused(
        Refusal.SEAL_MISMATCH, () -> arena.as(Arena.PROPOSER).reveal(claim, honestReveal()));
  }

  @Test
  void seal_ofAnotherRequest_cannotBeRevealed() {
    var second = arena.as(Arena.REQUESTER).request(arena.terms(1));
    ClaimId claim =
        arena.as(Arena.PROPOSER).seal(second, honestSeal(Arena.PROPOSER), arena.truth.output());
    arena.blocks.advance(60);
    assertRefused(
        Refusal.SEAL_MISMATCH, () -> arena.as(Arena.PROPOSER).reveal(claim, honestReveal()));
  }

  @Test
  void seal_twice_isRefused() {
    sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER));
    assertRefused(Refusal.DUPLICATE, () -> sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER)));
  }

  @Test
  void seal_noTokenOrMoreThanAskedFor_isRefused() {
    for (TokenIds output : new TokenIds[] {TokenIds.EMPTY, TokenIds.of(1, 2)}) {
      assertRefused(
          Refusal.OUTPUT_OUT_OF_LIMITS,
          () -> arena.as(Arena.PROPOSER).seal(arena.request, honestSeal(Arena.PROPOSER), output));
    }
  }

  /** No model has said it: else tokens that mean nothing would be public as its answer. */
  @Test
  void seal_tokenOutsideTheVocabulary_isRefused() {
    assertRefused(
        Refusal.OUTPUT_OUT_OF_LIMITS,
        () ->
            arena
                .as(Arena.PROPOSER)
                .seal(arena.request, honestSeal(Arena.PROPOSER), TokenIds.of(ToyModel.VOCABULARY)));
    arena
        .as(Arena.PROPOSER)
        .seal(arena.request, honestSeal(Arena.PROPOSER), TokenIds.of(ToyModel.VOCABULARY - 1));
  }

  /** Nothing is told by a hash being zero: not that there is no claim, nor that it is decided. */
  @Test
  void seal_thatIsZero_isASealLikeAnyOther() {
    ClaimId claim = sealed(Arena.PROPOSER, new Seal(Bytes32.ZERO));
    assertRefused(Refusal.DUPLICATE, () -> sealed(Arena.PROPOSER, new Seal(Bytes32.ZERO)));
    arena.blocks.advance(60);
    assertRefused(
        Refusal.SEAL_MISMATCH,
        () ->
            arena
                .as(Arena.PROPOSER)
                .reveal(
                    claim,
                    new Reveal(
                        new StateRoot(Bytes32.ZERO),
                        honestReveal().outputPath(),
                        new Salt(Bytes32.ZERO))));
    arena.blocks.advance(601);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.STRANGER).refund(arena.request));
    arena.as(Arena.STRANGER).expire(claim);
    assertEquals(Arena.BOND, arena.arbiter.totals().burnt());
    arena.assertMoneyConserved();
  }

  @Test
  void seal_withoutTheBond_isRefused() {
    Address poor = Address.named("poor");
    arena.arbiter.fund(poor, Arena.BOND.minus(Wei.of(1)));
    assertRefused(Refusal.INSUFFICIENT_FUNDS, () -> sealed(poor, honestSeal(poor)));
    arena.arbiter.fund(poor, Wei.of(1));
    sealed(poor, honestSeal(poor));
    arena.assertMoneyConserved();
  }

  @Test
  void seal_afterTheDeadline_isRefused() {
    arena.blocks.advance(4001);
    assertRefused(Refusal.TOO_LATE, () -> sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER)));
  }

  @Test
  void reveal_twice_isRefused() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    assertRefused(
        Refusal.WRONG_CLAIM_STATUS, () -> arena.as(Arena.PROPOSER).reveal(claim, honestReveal()));
  }

  @Test
  void reveal_byAnother_isRefused() {
    ClaimId claim = sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER));
    arena.blocks.advance(60);
    assertRefused(Refusal.NOT_YOURS, () -> arena.as(Arena.STRANGER).reveal(claim, honestReveal()));
  }

  @Test
  void reveal_outsideItsWindow_isRefused() {
    ClaimId claim = sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER));
    arena.blocks.advance(59);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.PROPOSER).reveal(claim, honestReveal()));
    arena.blocks.advance(602);
    assertRefused(Refusal.TOO_LATE, () -> arena.as(Arena.PROPOSER).reveal(claim, honestReveal()));
  }

  @Test
  void expire_whileTheRevealIsPossible_isRefused() {
    ClaimId claim = sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER));
    arena.blocks.advance(660);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.STRANGER).expire(claim));
    arena.as(Arena.PROPOSER).reveal(claim, honestReveal());
  }

  /** The tokens that were public from the start are the ones in the final memory. */
  @Test
  void reveal_rootWithOtherTokens_isRefused() {
    TokenIds others = arena.truth.output().with(0, 77);
    Seal seal =
        Seal.of(
            Arena.IDENTITY,
            arena.request,
            Arena.PROPOSER,
            Commitments.outputRoot(others),
            arena.truth.finalRoot(),
            Arena.SALT);
    ClaimId claim = arena.as(Arena.PROPOSER).seal(arena.request, seal, others);
    arena.blocks.advance(60);
    assertRefused(
        Refusal.OUTPUT_NOT_IN_FINAL_ROOT,
        () -> arena.as(Arena.PROPOSER).reveal(claim, honestReveal()));
  }

  @Test
  void reveal_malformedPathOrOtherSalt_isRefused() {
    ClaimId claim = sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER));
    arena.blocks.advance(60);
    assertRefused(
        Refusal.OUTPUT_NOT_IN_FINAL_ROOT,
        () ->
            arena
                .as(Arena.PROPOSER)
                .reveal(
                    claim,
                    new Reveal(
                        honestReveal().finalRoot(), SiblingPath.of(new byte[5]), Arena.SALT)));
    assertRefused(
        Refusal.SEAL_MISMATCH,
        () ->
            arena
                .as(Arena.PROPOSER)
                .reveal(
                    claim,
                    new Reveal(
                        honestReveal().finalRoot(),
                        honestReveal().outputPath(),
                        new Salt(Bytes32.ZERO))));
  }

  /** One place has one path, however long others would like it to be. */
  @Test
  void reveal_zeroSiblingThatIsNotLeftOut_isRefused() {
    ClaimId claim = sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER));
    arena.blocks.advance(60);
    List<SiblingPath> longer =
        LongPaths.of(
            honestReveal().outputPath(),
            MemoryRegion.OUTPUT.height(),
            MemoryRegion.PERSISTENT_DEPTH);
    assertFalse(longer.isEmpty());
    for (SiblingPath path : longer) {
      assertRefused(
          Refusal.OUTPUT_NOT_IN_FINAL_ROOT,
          () ->
              arena
                  .as(Arena.PROPOSER)
                  .reveal(claim, new Reveal(honestReveal().finalRoot(), path, Arena.SALT)));
    }
    arena.as(Arena.PROPOSER).reveal(claim, honestReveal());
  }

  /** A proposer that has lost its answer can run the request once more. */
  @Test
  void reveal_ofALongRequest_hasTimeToRunItAgain() {
    Arena large = new Arena(8, GraphMode.ROW_PER_NODE, 10_000_000, 3);
    ClaimId claim =
        large
            .as(Arena.PROPOSER)
            .seal(
                large.request,
                Arena.seal(Arena.PROPOSER, large.request, large.truth, Arena.SALT),
                large.truth.output());
    large.blocks.advance(60 + 599 + 1000);
    assertRefused(Refusal.TOO_EARLY, () -> large.as(Arena.STRANGER).expire(claim));
    large.as(Arena.PROPOSER).reveal(claim, Arena.reveal(large.truth, Arena.SALT));
  }

  @Test
  void settle_beforeTheWindowEnds_isRefused() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(7200);
    assertRefused(Refusal.TOO_EARLY, () -> arena.as(Arena.PROPOSER).settle(claim));
  }

  @Test
  void settle_whileAGameIsOpen_isRefused() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    arena.challenge(Arena.CHALLENGER, claim, arena.lying(4, 4));
    arena.blocks.advance(7201);
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.PROPOSER).settle(claim));
  }

  @Test
  void settle_unchallenged_makesTheOutputFinalAndPaysOnce() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(7201);
    arena.as(Arena.STRANGER).settle(claim);
    assertEquals(RequestStatus.FINAL, arena.request().status());
    arena.as(Arena.STRANGER).payFee(arena.request);
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    assertRefused(Refusal.FEE_GONE, () -> arena.as(Arena.STRANGER).payFee(arena.request));
    assertRefused(Refusal.WRONG_CLAIM_STATUS, () -> arena.as(Arena.STRANGER).settle(claim));
    assertRefused(Refusal.REQUEST_CLOSED, () -> sealed(Arena.STRANGER, honestSeal(Arena.STRANGER)));
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    arena.as(Arena.PROPOSER).withdraw();
    assertEquals(Wei.ZERO, arena.credit(Arena.PROPOSER));
    arena.assertMoneyConserved();
  }

  /**
   * Sealing the revealed root of another gives the bond back, and nothing else: the fee waits for
   * whoever sealed first.
   */
  @Test
  void fee_copycatThatIsFinalFirst_earnsNothing() {
    ClaimId first = sealed(Arena.PROPOSER, honestSeal(Arena.PROPOSER));
    ClaimId copycat = sealed(Arena.STRANGER, honestSeal(Arena.STRANGER));
    arena.blocks.advance(60);
    arena.as(Arena.STRANGER).reveal(copycat, honestReveal());
    arena.blocks.advance(500);
    arena.as(Arena.PROPOSER).reveal(first, honestReveal());
    arena.blocks.advance(6800);
    arena.as(Arena.STRANGER).settle(copycat);
    assertEquals(Optional.of(copycat), arena.request().payee());
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.STRANGER).payFee(arena.request));
    arena.blocks.advance(500);
    arena.as(Arena.PROPOSER).settle(first);
    assertEquals(Optional.of(first), arena.request().payee());
    assertEquals(Optional.of(copycat), arena.request().finalClaim());
    arena.as(Arena.STRANGER).payFee(arena.request);
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    assertEquals(Arena.BOND, arena.credit(Arena.STRANGER));
    arena.assertMoneyConserved();
  }

  /** However many claims failed before, payment looks at none of them. */
  @Test
  void fee_afterManyFailedClaims_isPaidAtOnce() {
    for (int i = 0; i < 8; i++) {
      sealed(Arena.CHALLENGER, new Seal(new Bytes32(i, i, i, i)));
    }
    ClaimId last = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(7201);
    arena.as(Arena.STRANGER).settle(last);
    List<ClaimId> claims = arena.request().claims();
    assertEquals(9, arena.claim(last).number());
    // In another order than that of their seals: first, last, and in between.
    for (int i : new int[] {3, 7, 0, 4, 1, 2, 6, 5}) {
      assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.STRANGER).payFee(arena.request));
      assertEquals(i + 1, arena.claim(claims.get(i)).number());
      arena.as(Arena.STRANGER).expire(claims.get(i));
    }
    assertEquals(0, arena.request().liveClaims());
    arena.as(Arena.STRANGER).payFee(arena.request);
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    arena.assertMoneyConserved();
  }

  /** Else whoever seals last, and never reveals, would delay the payment. */
  @Test
  void fee_whileALaterClaimIsAlive_isPaid() {
    ClaimId first = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(3900);
    sealed(Arena.CHALLENGER, new Seal(new Bytes32(7, 7, 7, 7)));
    arena.blocks.advance(3301);
    arena.as(Arena.STRANGER).settle(first);
    assertEquals(1, arena.request().liveClaims());
    arena.as(Arena.STRANGER).payFee(arena.request);
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    arena.assertMoneyConserved();
  }

  /** Two claims that nobody challenged: only the root that was final first counts. */
  @Test
  void fee_earlierClaimThatIsFinalWithAnotherRoot_earnsNothing() {
    ClaimId other =
        arena
            .as(Arena.STRANGER)
            .seal(
                arena.request,
                Arena.seal(Arena.STRANGER, arena.request, arena.lying(3, 3), Arena.SALT),
                arena.truth.output());
    ClaimId first = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(100);
    arena.as(Arena.STRANGER).reveal(other, Arena.reveal(arena.lying(3, 3), Arena.SALT));
    arena.blocks.advance(7201);
    arena.as(Arena.STRANGER).settle(first);
    arena.as(Arena.STRANGER).settle(other);
    arena.as(Arena.STRANGER).payFee(arena.request);
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    assertEquals(Arena.BOND, arena.credit(Arena.STRANGER));
    arena.assertMoneyConserved();
  }

  @Test
  void fee_beforeAnyClaimIsFinal_isRefused() {
    arena.claim(Arena.PROPOSER, arena.truth);
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.PROPOSER).payFee(arena.request));
  }

  @Test
  void rivalClaim_ofAFinalRequest_stillStandsOrFallsAlone() {
    ClaimId good = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(3600);
    ClaimId bad = arena.claim(Arena.STRANGER, arena.lying(7, 7));
    arena.blocks.advance(3700);
    arena.as(Arena.PROPOSER).settle(good);
    var game = arena.challenge(Arena.CHALLENGER, bad, arena.truth);
    arena.play(game, arena.lying(7, 7), arena.truth);
    assertEquals(ClaimStatus.REFUTED, arena.claim(bad).status());
    assertEquals(ClaimStatus.FINAL, arena.claim(good).status());
    assertEquals(RequestStatus.FINAL, arena.request().status());
    arena.assertMoneyConserved();
  }
}
