package dev.opml.dispute.chain;

import dev.opml.api.MachineStateHash;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import java.util.Optional;

/**
 * Something that happened in a game: enough to tell it move by move, and to rebuild its position.
 */
public sealed interface GameEvent extends ArbiterEvent {
  /** The game. */
  GameId game();

  /** A claim was challenged; {@code position} is after the challenger's first move. */
  record Challenged(GameId game, ClaimId claim, Address challenger, Position position)
      implements GameEvent {}

  /**
   * A player picked a segment of the opponent's subdivision.
   *
   * @param mover who
   * @param segment which, from 0
   * @param position after the move; its interval is the segment
   */
  record Subdivided(GameId game, Side mover, int segment, Position position) implements GameEvent {}

  /** A player opened the machine trace of the disputed node. */
  record MachineOpened(GameId game, Side mover, Position position) implements GameEvent {}

  /**
   * The arbiter executed the disputed instruction.
   *
   * @param position the last position: node, instruction, agreed pre-state and both post-states
   * @param result the post-state that the arbiter computed
   * @param submitter who gave the witness
   */
  record InstructionExecuted(
      GameId game, Position position, MachineStateHash result, Address submitter)
      implements GameEvent {}

  /**
   * A game ended.
   *
   * @param winner empty if the claim was refuted elsewhere
   * @param reward credited to the winner from the loser's bond; for a game closed by a refutation
   *     elsewhere, credited to its challenger from the game's quota
   * @param returned the challenger's own bond, if it was credited back
   * @param burnt burnt of a lost challenger's bond, or of the quota of a closed game; {@link
   *     ArbiterEvent.ClaimRefuted} tells how much is burnt of a refuted claim's bond
   */
  record Ended(
      GameId game, GameEndReason reason, Optional<Side> winner, Wei reward, Wei returned, Wei burnt)
      implements GameEvent {}
}
