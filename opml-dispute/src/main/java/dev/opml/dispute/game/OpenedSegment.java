package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * A position of which one segment is opened: what a move answers. It hashes to the position's hash
 * only if what it opens is what the position says.
 *
 * @param game the game
 * @param word everything but commitments
 * @param segment the segment, from 0
 * @param ends given for the first and the last segment, hashed for those in between
 * @param low the mover's commitment at the segment's start; equal to the agreed one in the first
 * @param high the mover's commitment at the segment's end
 * @param siblings open both in the tree of the mover's commitments; exactly as many as that takes
 */
public record OpenedSegment(
    GameId game,
    PositionWord word,
    int segment,
    Ends ends,
    Bytes32 low,
    Bytes32 high,
    List<Bytes32> siblings) {
  /** Copies the list. */
  public OpenedSegment {
    siblings = List.copyOf(siblings);
  }

  /**
   * The position that this is the opening of, if it is one.
   *
   * @throws ArbiterRefusedException if there is no such segment, or more or less is given than it
   *     needs
   */
  public PositionSummary summary(Arity arity) {
    int segments = word.segments(arity);
    ArbiterRefusedException.require(
        segment >= 0 && segment < segments,
        Refusal.SEGMENT_OUT_OF_RANGE,
        "segment " + segment + " of " + segments);
    requireShape(segments);
    return new PositionSummary(
        game, word, ends.hash(), CommitmentTree.fold(segments, segment, high, low, siblings));
  }

  private void requireShape(int segments) {
    boolean atAnEnd = segment == 0 || segment == segments - 1;
    boolean fits =
        switch (ends) {
          case Ends.Given given -> atAnEnd && (segment > 0 || low.equals(given.agreed()));
          case Ends.Hashed _ -> !atAnEnd;
        };
    int expected = CommitmentTree.siblings(segments, segment);
    ArbiterRefusedException.require(
        fits && siblings.size() == expected,
        Refusal.WRONG_OPENING,
        "segment "
            + segment
            + " needs "
            + expected
            + " siblings and "
            + (atAnEnd ? "its ends" : "the hash of the ends"));
  }

  /**
   * The position itself, if this is its only segment.
   *
   * @throws IllegalStateException if the ends are not given
   */
  public Position only() {
    if (!(ends instanceof Ends.Given given)) {
      throw new IllegalStateException("segment " + segment + " of several");
    }
    Optional<Bytes32> other = Optional.of(given.other()).filter(_ -> word.phase().saysBothEnds());
    return new Position(game, word, given.agreed(), List.of(), high, other);
  }

  /** Index of the step at the segment's start. */
  public long lowStep(Arity arity) {
    return Segments.boundary(word.low(), word.high(), word.segments(arity), segment);
  }

  /** Index of the step at the segment's end. */
  public long highStep(Arity arity) {
    return Segments.boundary(word.low(), word.high(), word.segments(arity), segment + 1);
  }
}
