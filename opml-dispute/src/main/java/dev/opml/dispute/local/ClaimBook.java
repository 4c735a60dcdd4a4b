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
        !claim.challengeWindow().isOver(ground.block()),
        Refusal.TOO_LATE,
        "the time for challenges has ended");
    return claim;
  }

  void seal(Address proposer, RequestId requestId, Seal seal, TokenIds output) {
    RequestRecord request = requests.get(requestId);
    require(request.status == RequestStatus.OPEN, Refusal.REQUEST_CLOSED, requestId.toString());
    require(
        !request.sealing.isOver(ground.block()),
        Refusal.TOO_LATE,
        "the time for sealing has ended");
    requireFits(output, request);
    ClaimId id = ClaimId.of(ground.identity(), requestId, proposer, seal);
    require(!claims.containsKey(id), Refusal.DUPLICATE, "claim " + id);
    OutputRoot outputRoot = Commitments.outputRoot(output);
    ground.ledger().lock(proposer, request.terms.policy().bond());
    long number = ++request.sealedClaims;
    claims.put(
        id,
        new ClaimRecord(
            id,
            request,
            number,
            proposer,
            seal,
            output,
            outputRoot,
            ground.windows().revealDelay(ground.block()),
            ground.windows().reveal(ground.block(), request.traceLength)));
    request.alive.append(number);
    ground.emit(
        new ArbiterEvent.ClaimSealed(id, requestId, number, proposer, seal, output, outputRoot));
  }

  /**
   * An answer has at least one token and at most those asked for, so the arbiter's work is bounded;
   * and each is one that the model has.
   */
  private void requireFits(TokenIds output, RequestRecord request) {
    require(
        output.size() >= 1 && output.size() <= request.terms.inference().maxNewTokens(),
        Refusal.OUTPUT_OUT_OF_LIMITS,
        output.size() + " tokens of " + request.terms.inference().maxNewTokens());
    int vocabulary = requests.model(request.terms.model()).orElseThrow().header().vocabularySize();
    for (int i = 0; i < output.size(); i++) {
      if (output.get(i) >= vocabulary) {
        throw new ArbiterRefusedException(
            Refusal.OUTPUT_OUT_OF_LIMITS,
            "token " + i + " is " + output.get(i) + ", the vocabulary has " + vocabulary);
      }
    }
  }

  void reveal(Address proposer, ClaimId id, Reveal reveal) {
    ClaimRecord claim = get(id, ClaimStatus.SEALED);
    require(claim.proposer.equals(proposer), Refusal.NOT_YOURS, "claim " + id);
    require(
        claim.revealDelay.hasPassed(ground.block()),
        Refusal.TOO_EARLY,
        "the reveal window begins in " + claim.revealDelay.secondsLeft(ground.block()) + " s");
    require(!claim.reveal.isOver(ground.block()), Refusal.TOO_LATE, "the reveal window has ended");
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
    claim.challenge = ground.windows().challenge(ground.block(), claim.request.terms.policy());
    claim.finalRoot = reveal.finalRoot();
    ground.emit(new ArbiterEvent.ClaimRevealed(id, reveal.finalRoot()));
  }

  void expire(ClaimId id) {
    ClaimRecord claim = get(id, ClaimStatus.SEALED);
    require(
        claim.reveal.isOver(ground.block()), Refusal.TOO_EARLY, "the reveal window has not ended");
    claim.status = ClaimStatus.EXPIRED;
    ground.ledger().burn(claim.bond());
    ground.emit(new ArbiterEvent.ClaimExpired(id, claim.bond()));
    requests.claimFailed(claim);
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
    requests.claimFailed(claim);
  }

  void settle(ClaimId id) {
    ClaimRecord claim = get(id, ClaimStatus.REVEALED);
    require(
        claim.challengeWindow().isOver(ground.block()),
        Refusal.TOO_EARLY,
        "challenges end in " + claim.challengeWindow().secondsLeft(ground.block()) + " s");
    require(claim.openGames == 0, Refusal.STILL_UNDECIDED, claim.openGames + " games are open");
    claim.status = ClaimStatus.FINAL;
    RequestRecord request = claim.request;
    request.alive.remove(claim.number);
    ground.ledger().credit(claim.proposer, claim.bond());
    ground.emit(new ArbiterEvent.ClaimFinal(id));
    if (request.status == RequestStatus.OPEN) {
      request.status = RequestStatus.FINAL;
      request.finalClaim = claim;
      request.payee = claim;
      ground.emit(new ArbiterEvent.RequestFinal(request.id, id));
    } else if (earns(claim, request)) {
      request.payee = claim;
    }
  }

  /** Whether a claim that became final was sealed before the one that the fee would go to. */
  private static boolean earns(ClaimRecord claim, RequestRecord request) {
    ClaimRecord payee = request.payee;
    return payee != null
        && claim.number < payee.number
        && claim.revealedRoot().equals(payee.revealedRoot());
  }

  void payFee(RequestId id) {
    RequestRecord request = requests.get(id);
    require(!request.feeGone, Refusal.FEE_GONE, id.toString());
    ClaimRecord payee = request.payee;
    if (payee == null || request.alive.anyBefore(payee.number)) {
      throw new ArbiterRefusedException(
          Refusal.STILL_UNDECIDED,
          payee == null ? "the request is not final" : "a claim that was sealed earlier is alive");
    }
    request.feeGone = true;
    ground.ledger().credit(payee.proposer, request.terms.fee());
    ground.emit(new ArbiterEvent.FeePaid(id, payee.id, payee.proposer, request.terms.fee()));
  }
}
