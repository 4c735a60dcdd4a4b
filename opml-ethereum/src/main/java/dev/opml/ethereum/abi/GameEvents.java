package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.PositionWord;
import dev.opml.dispute.game.Side;
import java.util.List;
import java.util.Optional;

/** Decodes the events of games. */
final class GameEvents {
  private GameEvents() {}

  static GameEvent challenged(EventFields log) {
    return new GameEvent.Challenged(
        log.game(), log.claim(1), log.address(2), position(log.game(), log.data()));
  }

  static GameEvent subdivided(EventFields log) {
    int segment = (int) log.data().unsigned(Integer.SIZE - 1);
    Position position = position(log.game(), log.data());
    return new GameEvent.Subdivided(log.game(), position.mover(), segment, position);
  }

  static GameEvent machineOpened(EventFields log) {
    AbiInput in = log.data();
    PositionWord word = PositionWord.unpack(in.word());
    Position position = position(log.game(), word, in.word(), Bytes32.ZERO, in.words());
    return new GameEvent.MachineOpened(log.game(), position.mover(), position);
  }

  static GameEvent instructionExecuted(EventFields log) {
    AbiInput in = log.data();
    PositionWord word = PositionWord.unpack(in.word());
    Position last = position(log.game(), word, in.word(), in.word(), List.of(in.word()));
    return new GameEvent.InstructionExecuted(
        log.game(), last, new MachineStateHash(in.word()), in.address());
  }

  static GameEvent ended(EventFields log) {
    AbiInput in = log.data();
    return new GameEvent.Ended(
        log.game(), reason(in.unsigned(8)), winner(in.unsigned(8)), in.wei(), in.wei(), in.wei());
  }

  private static Position position(GameId game, AbiInput in) {
    return position(game, PositionWord.unpack(in.word()), in.word(), in.word(), in.words());
  }

  private static Position position(
      GameId game, PositionWord word, Bytes32 agreed, Bytes32 other, List<Bytes32> own) {
    if (own.isEmpty()) {
      throw new MalformedAbiException("a position without its mover's end");
    }
    Optional<Bytes32> otherEnd = Optional.of(other).filter(_ -> word.phase().saysBothEnds());
    List<Bytes32> interior = own.subList(0, own.size() - 1);
    return new Position(game, word, agreed, interior, own.getLast(), otherEnd);
  }

  /** Types.sol has the reasons in the same order. */
  private static GameEndReason reason(long code) {
    GameEndReason[] reasons = GameEndReason.values();
    if (code >= reasons.length) {
      throw new MalformedAbiException("no game ends for reason " + code);
    }
    return reasons[(int) code];
  }

  private static Optional<Side> winner(long code) {
    return switch ((int) code) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(Side.PROPOSER);
      case 2 -> Optional.of(Side.CHALLENGER);
      default -> throw new MalformedAbiException("no player has the number " + code);
    };
  }
}
