package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.TokenIds;
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
import dev.opml.merkle.Commitments;
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
    assertTrue(arena.as(Arena.STRANGER).payFee(arena.request, 1));
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    assertRefused(Refusal.FEE_GONE, () -> arena.as(Arena.STRANGER).payFee(arena.request, 1));
    assertRefused(Refusal.WRONG_CLAIM_STATUS, () -> arena.as(Arena.STRANGER).settle(claim));
    assertRefused(Refusal.REQUEST_CLOSED, () -> sealed(Arena.STRANGER, honestSeal(Arena.STRANGER)));
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.as(Arena.PROPOSER).withdraw());
    assertEquals(Wei.ZERO, arena.as(Arena.PROPOSER).withdraw());
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
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.STRANGER).payFee(arena.request, 9));
    arena.blocks.advance(500);
    arena.as(Arena.PROPOSER).settle(first);
    assertTrue(arena.as(Arena.STRANGER).payFee(arena.request, 9));
    assertEquals(Arena.BOND.plus(Arena.FEE), arena.credit(Arena.PROPOSER));
    assertEquals(Arena.BOND, arena.credit(Arena.STRANGER));
    arena.assertMoneyConserved();
  }

  /**
   * Many earlier claims cannot make the payment too expensive for one transaction: it goes on where
   * it stopped.
   */
  @Test
  void fee_afterManyFailedClaims_isPaidInSeveralTransactions() {
    for (int i = 0; i < 5; i++) {
      sealed(Arena.CHALLENGER, new Seal(new Bytes32(i, i, i, i)));
    }
    ClaimId last = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(7201);
    for (ClaimId id : arena.request().claims()) {
      if (!id.equals(last)) {
        arena.as(Arena.STRANGER).expire(id);
      }
    }
    arena.as(Arena.STRANGER).settle(last);
    assertFalse(arena.as(Arena.STRANGER).payFee(arena.request, 0));
    assertFalse(arena.as(Arena.STRANGER).payFee(arena.request, 3));
    assertFalse(arena.as(Arena.STRANGER).payFee(arena.request, 2));
    assertTrue(arena.as(Arena.STRANGER).payFee(arena.request, 1));
    arena.assertMoneyConserved();
  }

  @Test
  void fee_beforeAnyClaimIsFinal_isRefused() {
    arena.claim(Arena.PROPOSER, arena.truth);
    assertRefused(Refusal.STILL_UNDECIDED, () -> arena.as(Arena.PROPOSER).payFee(arena.request, 1));
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
