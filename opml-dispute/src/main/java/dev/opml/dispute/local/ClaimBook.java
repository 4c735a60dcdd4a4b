package dev.opml.dispute.local;

import static dev.opml.dispute.ArbiterRefusedException.require;

import dev.opml.api.OutputRoot;
import dev.opml.api.TokenIds;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.merkle.Commitments;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Claims, from the seal to the fee. Guarded by the arbiter's lock. */
final class ClaimBook {
  private final Ground ground;
  private final RequestBook requests;
  private final Map<ClaimId, ClaimRecord> claims = new HashMap<>();

  ClaimBook(Ground ground, RequestBook requests) {
    this.ground = ground;
    this.requests = requests;
  }

  Optional<ClaimRecord> find(ClaimId id) {
    return Optional.ofNullable(claims.get(id));
  }

  ClaimRecord get(ClaimId id) {
    return find(id)
        .orElseThrow(() -> new ArbiterRefusedException(Refusal.UNKNOWN_CLAIM, id.toString()));
  }

  private ClaimRecord get(ClaimId id, ClaimStatus status) {
    ClaimRecord claim = get(id);
    require(
        claim.status == status, Refusal.WRONG_CLAIM_STATUS, claim.status + " instead of " + status);
    return claim;
  }

  /** A revealed claim whose challenge window is open. */
  ClaimRecord challengeable(ClaimId id) {
    ClaimRecord claim = get(id, ClaimStatus.REVEALED);
    require(
        ground.now() <= claim.challengeDeadline(),
        Refusal.TOO_LATE,
        "challenges ended at " + claim.challengeDeadline());
    return claim;
  }

  ClaimId seal(Address proposer, RequestId requestId, Seal seal, TokenIds output) {
    RequestRecord request = requests.get(requestId);
    require(request.status == RequestStatus.OPEN, Refusal.REQUEST_CLOSED, requestId.toString());
    require(
        ground.now() <= request.sealingDeadline,
        Refusal.TOO_LATE,
        "sealing ended at " + request.sealingDeadline);
    // An answer has at least one token and at most those asked for; so the arbiter's work is
    // bounded.
    require(
        output.size() >= 1 && output.size() <= request.terms.inference().maxNewTokens(),
        Refusal.OUTPUT_OUT_OF_LIMITS,
        output.size() + " tokens of " + request.terms.inference().maxNewTokens());
    ClaimId id = ClaimId.of(ground.identity(), requestId, proposer, seal);
    require(!claims.containsKey(id), Refusal.DUPLICATE, "claim " + id);
    OutputRoot outputRoot = Commitments.outputRoot(output);
    ground.ledger().lock(proposer, request.terms.policy().bond());
    claims.put(id, new ClaimRecord(id, request, proposer, seal, output, outputRoot, ground.now()));
    request.claims.add(id);
    request.liveClaims++;
    ground.emit(new ArbiterEvent.ClaimSealed(id, requestId, proposer, output));
    return id;
  }

  void reveal(Address proposer, ClaimId id, Reveal reveal) {
    ClaimRecord claim = get(id, ClaimStatus.SEALED);
    require(claim.proposer.equals(proposer), Refusal.NOT_YOURS, "claim " + id);
    long opens = claim.sealedAt + windows().revealDelay();
    require(ground.now() >= opens, Refusal.TOO_EARLY, "the reveal window begins at " + opens);
    require(ground.now() <= revealDeadline(claim), Refusal.TOO_LATE, "the reveal window ended");
    Seal opened =
        Seal.of(
            ground.identity(),
            claim.request.id,
            proposer,
            claim.outputRoot,
            reveal.finalRoot(),
            reveal.salt());
    require(opened.equals(claim.seal), Refusal.SEAL_MISMATCH, "claim " + id);
    require(
        Commitments.outputOpens(claim.output, reveal.outputPath(), reveal.finalRoot()),
        Refusal.OUTPUT_NOT_IN_FINAL_ROOT,
        "claim " + id);
    claim.status = ClaimStatus.REVEALED;
    claim.revealedAt = ground.now();
    claim.finalRoot = reveal.finalRoot();
    ground.emit(new ArbiterEvent.ClaimRevealed(id, reveal.finalRoot()));
  }

  void expire(ClaimId id) {
    ClaimRecord claim = get(id, ClaimStatus.SEALED);
    require(
        ground.now() > revealDeadline(claim), Refusal.TOO_EARLY, "the reveal window has not ended");
    claim.status = ClaimStatus.EXPIRED;
    ground.ledger().burn(claim.bond());
    ground.emit(new ArbiterEvent.ClaimExpired(id, claim.bond()));
    requests.claimFailed(claim.request);
  }

  /**
   * The claim lost a game, which has paid its winner.
   *
   * @param quota kept of the claim's bond for each of its open games
   * @param burnt burnt of it by the game's end
   */
  void refute(ClaimRecord claim, Wei quota, Wei burnt) {
    claim.status = ClaimStatus.REFUTED;
    claim.quota = quota;
    ground.emit(new ArbiterEvent.ClaimRefuted(claim.id, quota, burnt));
    requests.claimFailed(claim.request);
  }

  void settle(ClaimId id) {
    ClaimRecord claim = get(id, ClaimStatus.REVEALED);
    require(
        ground.now() > claim.challengeDeadline(),
        Refusal.TOO_EARLY,
        "challenges end at " + claim.challengeDeadline());
    require(claim.openGames == 0, Refusal.STILL_UNDECIDED, claim.openGames + " games are open");
    claim.status = ClaimStatus.FINAL;
    RequestRecord request = claim.request;
    request.liveClaims--;
    ground.ledger().credit(claim.proposer, claim.bond());
    ground.emit(new ArbiterEvent.ClaimFinal(id));
    if (request.status == RequestStatus.OPEN) {
      request.status = RequestStatus.FINAL;
      request.finalClaim = id;
      request.finalRoot = claim.revealedRoot();
      ground.emit(new ArbiterEvent.RequestFinal(request.id, id, claim.output));
    }
  }

  boolean payFee(RequestId id, int mostClaims) {
    RequestRecord request = requests.get(id);
    require(!request.feeGone, Refusal.FEE_GONE, id.toString());
    require(request.status == RequestStatus.FINAL, Refusal.STILL_UNDECIDED, id.toString());
    require(
        !get(request.claims.get(request.feeCursor)).status.alive(),
        Refusal.STILL_UNDECIDED,
        "an earlier claim is alive");
    for (int seen = 0; seen < mostClaims; seen++) {
      ClaimRecord claim = get(request.claims.get(request.feeCursor));
      if (claim.status.alive()) {
        return false;
      }
      if (claim.status == ClaimStatus.FINAL && claim.revealedRoot().equals(request.finalRoot)) {
        request.feeGone = true;
        ground.ledger().credit(claim.proposer, request.terms.fee());
        ground.emit(new ArbiterEvent.FeePaid(id, claim.id, claim.proposer, request.terms.fee()));
        return true;
      }
      request.feeCursor++;
    }
    return false;
  }

  private long revealDeadline(ClaimRecord claim) {
    return claim.sealedAt + windows().revealDelay() + windows().revealWindow();
  }

  private WindowRules windows() {
    return ground.parameters().windows();
  }
}
