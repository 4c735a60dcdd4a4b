package dev.opml.dispute.chain;

import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import java.util.List;
import java.util.Optional;

/**
 * A claim as it stands.
 *
 * @param id its identity
 * @param request the request it answers
 * @param number its place among the request's claims in the order of their seals, from 1
 * @param proposer who made it
 * @param seal its seal
 * @param output claimed tokens, public from the start
 * @param outputRoot root of the output region that holds them
 * @param status where it stands
 * @param revealDelay from the seal to the first moment of the reveal
 * @param reveal from the seal to the last moment of the reveal
 * @param challenge the time in which it can be challenged, once revealed
 * @param finalRoot {@code S_N}, once revealed
 * @param openGames number of games that have not ended
 * @param games all games in the order in which they began: no state of the arbiter, but rebuilt
 *     from its events
 * @param quota the most that each open game of a refuted claim gets from the claim's bond when it
 *     is closed; 0 before
 */
public record ClaimView(
    ClaimId id,
    RequestId request,
    long number,
    Address proposer,
    Seal seal,
    TokenIds output,
    OutputRoot outputRoot,
    ClaimStatus status,
    Window revealDelay,
    Window reveal,
    Optional<Window> challenge,
    Optional<StateRoot> finalRoot,
    int openGames,
    List<GameId> games,
    Wei quota) {
  /** Whether its proposer can reveal it in a block. */
  public boolean canReveal(Block now) {
    return status == ClaimStatus.SEALED && revealDelay.hasPassed(now) && !reveal.isOver(now);
  }

  /** Whether it was not revealed in time, so that anybody can say so. */
  public boolean canExpire(Block now) {
    return status == ClaimStatus.SEALED && reveal.isOver(now);
  }

  /**
   * Whether it can be challenged in a block.
   *
   * @param margin seconds that have to be left after it, 0 or more
   */
  public boolean canChallenge(Block now, long margin) {
    return status == ClaimStatus.REVEALED && challenge.orElseThrow().secondsLeft(now) >= margin;
  }

  /** Whether its challenges and games have ended, so that anybody can make it final. */
  public boolean canSettle(Block now) {
    return status == ClaimStatus.REVEALED && openGames == 0 && challenge.orElseThrow().isOver(now);
  }
}
