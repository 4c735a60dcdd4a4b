package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import dev.opml.dispute.internal.Preimage;

/**
 * A position with its commitments hashed: all that a time-out needs, and what every hash of a
 * position is made of.
 *
 * @param game the game
 * @param word everything but commitments
 * @param ends keccak(agreed ‖ other): hash of the agreed commitment and the other player's end
 * @param root root of the mover's commitments at the boundaries after the first
 */
public record PositionSummary(GameId game, PositionWord word, Bytes32 ends, Bytes32 root) {
  /** Keccak-256 of {@code u8 5 ‖ game ‖ word ‖ ends ‖ root}. */
  public PositionHash hash() {
    return new PositionHash(
        Preimage.of(Preimage.Kind.POSITION)
            .bytes32(game.value())
            .bytes32(word.pack())
            .bytes32(ends)
            .bytes32(root)
            .keccak());
  }
}
