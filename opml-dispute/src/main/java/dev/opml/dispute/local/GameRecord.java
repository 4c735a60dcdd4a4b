package dev.opml.dispute.local;

import dev.opml.dispute.Address;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Clocks;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;

/**
 * What the arbiter stores of a game: one hash, and what time-outs and payments need. Guarded by the
 * arbiter's lock.
 */
final class GameRecord {
  final GameId id;
  final ClaimRecord claim;
  final Address challenger;
  GameStatus status = GameStatus.OPEN;
  PositionHash positionHash;
  Clocks clocks;
  private int proposerMoves;
  private int challengerMoves;

  GameRecord(
      GameId id, ClaimRecord claim, Address challenger, PositionHash positionHash, Clocks clocks) {
    this.id = id;
    this.claim = claim;
    this.challenger = challenger;
    this.positionHash = positionHash;
    this.clocks = clocks;
  }

  Address player(Side side) {
    return side == Side.PROPOSER ? claim.proposer : challenger;
  }

  /** Accepted moves of a player, the witness not among them. */
  int moves(Side side) {
    return side == Side.PROPOSER ? proposerMoves : challengerMoves;
  }

  void countMove(Side side) {
    if (side == Side.PROPOSER) {
      proposerMoves++;
    } else {
      challengerMoves++;
    }
  }

  GameView view(Position position) {
    return new GameView(
        id, claim.id, claim.proposer, challenger, status, positionHash, position, clocks);
  }
}
