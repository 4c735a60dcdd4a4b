package dev.opml.dispute.game;

import static java.util.Objects.checkIndex;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import dev.opml.dispute.internal.Preimage;
import java.util.List;

/**
 * A game's position after a move: the last mover's subdivision of the disputed interval and what
 * the other player says about its end. A commitment is a state root or a machine state hash, as the
 * {@link Phase} says. Immutable; the arbiter stores only {@link #hash()}.
 *
 * @param game the game
 * @param phase where the game stands
 * @param mover who made the last move; the other player is to move
 * @param node the disputed node, once it is known, else 0
 * @param low first step of the interval, in nodes or instructions
 * @param high end of the interval, exclusive
 * @param agreed commitment at {@code low}, which both players agree with
 * @param interior the mover's commitments at the inner boundaries, ascending
 * @param moverEnd the mover's commitment at {@code high}
 * @param otherEnd the other player's commitment at {@code high}; different from {@code moverEnd}
 */
public record Position(
    GameId game,
    Phase phase,
    Side mover,
    NodeIndex node,
    long low,
    long high,
    Bytes32 agreed,
    List<Bytes32> interior,
    Bytes32 moverEnd,
    Bytes32 otherEnd) {
  /** Copies the list. */
  public Position {
    interior = List.copyOf(interior);
  }

  /** Who is to move. */
  public Side toMove() {
    return mover.other();
  }

  /** Number of disputed steps. */
  public long size() {
    return high - low;
  }

  /** Number of segments of the mover's subdivision. */
  public int segments() {
    return interior.size() + 1;
  }

  /**
   * Index of the step at a boundary of the subdivision.
   *
   * @param index 0 to {@link #segments()}
   */
  public long boundary(int index) {
    return Segments.boundary(low, high, segments(), checkIndex(index, segments() + 1));
  }

  /**
   * The mover's commitment at a boundary of the subdivision; the agreed one at boundary 0.
   *
   * @param index 0 to {@link #segments()}
   */
  public Bytes32 commitment(int index) {
    if (checkIndex(index, segments() + 1) == 0) {
      return agreed;
    }
    return index == segments() ? moverEnd : interior.get(index - 1);
  }

  /**
   * Keccak-256 of the fields, big-endian: {@code game ‖ u8 phase ‖ u8 mover ‖ u64 node ‖ u64 low ‖
   * u64 high ‖ agreed ‖ moverEnd ‖ otherEnd ‖ interior…}. The number of interior commitments
   * follows from the length.
   */
  public PositionHash hash() {
    Preimage preimage =
        new Preimage()
            .bytes32(game.value())
            .u8(phase.code())
            .u8(mover.code())
            .u64(node.value())
            .u64(low)
            .u64(high)
            .bytes32(agreed)
            .bytes32(moverEnd)
            .bytes32(otherEnd);
    interior.forEach(preimage::bytes32);
    return new PositionHash(preimage.keccak());
  }
}
