package dev.opml.dispute.chain;

import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;

/**
 * A game as it stands.
 *
 * @param id its identity
 * @param claim the claim it is about
 * @param proposer the claim's proposer
 * @param challenger its opponent
 * @param status where it stands
 * @param positionHash what the arbiter stores
 * @param position the preimage, rebuilt from the events
 */
public record GameView(
    GameId id,
    ClaimId claim,
    Address proposer,
    Address challenger,
    GameStatus status,
    PositionHash positionHash,
    Position position) {
  /** The account of a player. */
  public Address player(Side side) {
    return side == Side.PROPOSER ? proposer : challenger;
  }
}
