package dev.opml.dispute.local;

import dev.opml.dispute.Address;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;

/** The part of a game that the arbiter stores. Guarded by the arbiter's lock. */
final class GameRecord {
  final GameId id;
  final ClaimRecord claim;
  final Address challenger;
  GameStatus status = GameStatus.OPEN;
  PositionHash positionHash;

  GameRecord(GameId id, ClaimRecord claim, Address challenger, PositionHash positionHash) {
    this.id = id;
    this.claim = claim;
    this.challenger = challenger;
    this.positionHash = positionHash;
  }

  Address player(Side side) {
    return side == Side.PROPOSER ? claim.proposer : challenger;
  }

  GameView view(Position position) {
    return new GameView(id, claim.id, claim.proposer, challenger, status, positionHash, position);
  }
}
