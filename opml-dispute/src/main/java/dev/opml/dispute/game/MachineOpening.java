package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.MachineState;
import java.util.List;

/**
 * The move from the disputed node into its machine trace.
 *
 * @param endState the mover's state at the end of the node; its count is the number of instructions
 *     that are disputed from here on, its lower root the mover's own root for the node's end
 * @param interior the mover's machine state hashes at the inner boundaries of [0, count], ascending
 */
public record MachineOpening(MachineState endState, List<Bytes32> interior) {
  /** Copies the list. */
  public MachineOpening {
    interior = List.copyOf(interior);
  }
}
