package dev.opml.dispute.game;

import dev.opml.api.StateRoot;
import java.util.List;

/**
 * A challenge, which is the first move of its game.
 *
 * @param claimedRoot the claim's {@code S_N}, which the challenger disputes
 * @param end the challenger's {@code S_N}
 * @param interior the challenger's state roots at the inner boundaries of [0, N], ascending
 */
public record Opening(StateRoot claimedRoot, StateRoot end, List<StateRoot> interior) {
  /** Copies the list. */
  public Opening {
    interior = List.copyOf(interior);
  }
}
