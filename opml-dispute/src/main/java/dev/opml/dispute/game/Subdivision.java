package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.MachineState;
import java.util.List;
import java.util.Optional;

/**
 * An answer to a subdivision: "I agree with boundary {@code segment} and disagree with the next;
 * this is what I say instead".
 *
 * @param segment picked segment of the opponent's subdivision, from 0
 * @param end the mover's commitment at the end of the segment
 * @param interior the mover's commitments at the inner boundaries of the segment, ascending
 * @param endState the state that {@code end} is the hash of: exactly if this answers {@link
 *     Phase#MACHINE_OPENED} with the last segment
 */
public record Subdivision(
    int segment, Bytes32 end, List<Bytes32> interior, Optional<MachineState> endState) {
  /** Copies the list. */
  public Subdivision {
    interior = List.copyOf(interior);
  }
}
