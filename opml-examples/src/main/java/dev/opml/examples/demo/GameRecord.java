package dev.opml.examples.demo;

import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What happened in the one game of a demonstration. Not thread-safe. */
final class GameRecord {
  private int moves;
  private GameEvent.@Nullable InstructionExecuted executed;
  private GameEvent.@Nullable Ended ended;

  void add(ArbiterEvent event) {
    switch (event) {
      case GameEvent.InstructionExecuted last -> {
        moves++;
        executed = last;
      }
      case GameEvent.Ended end -> ended = end;
      case GameEvent _ -> moves++;
      default -> {}
    }
  }

  /** The node that a move has narrowed the dispute to. */
  Optional<NodeIndex> newNode(GameEvent event) {
    return position(event)
        .filter(position -> position.phase() == Phase.NODE)
        .map(position -> new NodeIndex(position.low()));
  }

  /** The position after a move. */
  private static Optional<Position> position(GameEvent event) {
    return switch (event) {
      case GameEvent.Challenged challenged -> Optional.of(challenged.position());
      case GameEvent.Subdivided subdivided -> Optional.of(subdivided.position());
      case GameEvent.MachineOpened opened -> Optional.of(opened.position());
      case GameEvent.InstructionExecuted _, GameEvent.Ended _ -> Optional.empty();
    };
  }

  boolean ended() {
    return ended != null;
  }

  /** Transactions so far, from the challenge on. */
  int moves() {
    return moves;
  }

  GameEvent.InstructionExecuted executed() {
    if (executed == null) {
      throw new IllegalStateException("the game ended without an executed instruction: " + ended);
    }
    return executed;
  }

  Side winner() {
    return Optional.ofNullable(ended).flatMap(GameEvent.Ended::winner).orElseThrow();
  }
}
