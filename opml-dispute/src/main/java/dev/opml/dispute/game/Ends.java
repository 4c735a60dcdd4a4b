package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.dispute.internal.Preimage;

/** The two commitments of a position that its mover did not make with its last move. */
public sealed interface Ends {
  /** Keccak-256 of {@code agreed ‖ other}. */
  Bytes32 hash();

  /**
   * Both, for a move that needs one of them.
   *
   * @param agreed the commitment at the interval's start, which both players agree with
   * @param other the other player's commitment at its end; zero, and without a meaning, in a phase
   *     in which it is unsaid
   */
  record Given(Bytes32 agreed, Bytes32 other) implements Ends {
    @Override
    public Bytes32 hash() {
      return new Preimage().bytes32(agreed).bytes32(other).keccak();
    }
  }

  /** Only their hash, for a move that needs neither. */
  record Hashed(Bytes32 hash) implements Ends {}
}
