package dev.opml.dispute.game;

import static java.util.Objects.checkIndex;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A game's position after a move: the last mover's subdivision of the disputed interval and the
 * other player's commitment at its end. A commitment is a state root or a machine state hash, as
 * the {@link Phase} says. Immutable; the arbiter stores only {@link #hash()}.
 *
 * <p>The hash tells positions apart whose interior is as long as the word and the arity say; a
 * longer one that ends in zeros may have the same. The arbiter makes no other, and a client has to
 * compare {@link #segments()} with {@link PositionWord#segments}.
 *
 * @param game the game
 * @param word where the game stands, the interval and the clocks
 * @param agreed commitment at the interval's start, which both players agree with
 * @param interior the mover's commitments at the inner boundaries, ascending
 * @param moverEnd the mover's commitment at the interval's end
 * @param otherEnd the other player's, different from {@code moverEnd}; empty exactly in a phase in
 *     which it is unsaid
 */
public record Position(
    GameId game,
    PositionWord word,
    Bytes32 agreed,
    List<Bytes32> interior,
    Bytes32 moverEnd,
    Optional<Bytes32> otherEnd) {
  /** Copies the list and checks which ends are said. */
  public Position {
    interior = List.copyOf(interior);
    if (otherEnd.isPresent() != word.phase().saysBothEnds()) {
      throw new IllegalArgumentException("other end " + otherEnd + " in phase " + word.phase());
    }
  }

  /** The phase of the game. */
  public Phase phase() {
    return word.phase();
  }

  /** Who made the last move. */
  public Side mover() {
    return word.mover();
  }

  /** Who is to move. */
  public Side toMove() {
    return word.toMove();
  }

  /** The disputed node, once it is known, else 0. */
  public NodeIndex node() {
    return word.node();
  }

  /** First step of the interval, in nodes or instructions. */
  public long low() {
    return word.low();
  }

  /** End of the interval, exclusive. */
  public long high() {
    return word.high();
  }

  /** Number of disputed steps. */
  public long size() {
    return word.size();
  }

  /** The players' time. */
  public Clocks clocks() {
    return word.clocks();
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
    return Segments.boundary(low(), high(), segments(), checkIndex(index, segments() + 1));
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
   * A player's commitment at the interval's end.
   *
   * @return empty if it is unsaid
   */
  public Optional<Bytes32> end(Side side) {
    return side == mover() ? Optional.of(moverEnd) : otherEnd;
  }

  private Ends.Given ends() {
    return new Ends.Given(agreed, otherEnd.orElse(Bytes32.ZERO));
  }

  private List<Bytes32> leaves() {
    List<Bytes32> leaves = new ArrayList<>(interior);
    leaves.add(moverEnd);
    return leaves;
  }

  /** The position with its commitments hashed. */
  public PositionSummary summary() {
    return new PositionSummary(game, word, ends().hash(), CommitmentTree.root(leaves()));
  }

  /** The hash that the arbiter stores. */
  public PositionHash hash() {
    return summary().hash();
  }

  /**
   * Opens a segment for a move.
   *
   * @param segment 0 to {@link #segments()} − 1
   */
  public OpenedSegment open(int segment) {
    boolean atAnEnd = checkIndex(segment, segments()) == 0 || segment == segments() - 1;
    return new OpenedSegment(
        game,
        word,
        segment,
        atAnEnd ? ends() : new Ends.Hashed(ends().hash()),
        commitment(segment),
        commitment(segment + 1),
        CommitmentTree.siblings(leaves(), segment));
  }
}
