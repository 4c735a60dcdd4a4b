package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import java.util.List;

/**
 * An answer to a subdivision: "I agree with the start of this segment and disagree with its end;
 * this is what I say instead".
 *
 * @param end the mover's commitment at the end of the segment
 * @param interior the mover's commitments at the inner boundaries of the segment, ascending
 */
public record Subdivision(Bytes32 end, List<Bytes32> interior) {
  /** Copies the list. */
  public Subdivision {
    interior = List.copyOf(interior);
  }
}
