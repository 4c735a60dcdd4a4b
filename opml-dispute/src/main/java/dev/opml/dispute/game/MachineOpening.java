package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.MachineState;
import java.util.List;

/**
 * The move from the disputed node into its machine trace, which is 2^32 instructions long.
 *
 * @param endState the mover's machine state at 2^32; its lower root is the mover's own root for the
 *     node's end
 * @param interior the mover's machine state hashes at the inner boundaries of [0, 2^32], ascending
 */
public record MachineOpening(MachineState endState, List<Bytes32> interior) {
  /** Copies the list. */
  public MachineOpening {
    interior = List.copyOf(interior);
  }
}
