package dev.opml.dispute;

import dev.opml.api.Bytes32;
import dev.opml.dispute.internal.Preimage;

/** Identity of a game. A claim and a challenger have at most one game, so these two name it. */
public record GameId(Bytes32 value) {
  /** The id of a game: keccak(u8 4 ‖ u256 chainId ‖ arbiter ‖ claim ‖ challenger). */
  public static GameId of(ArbiterIdentity at, ClaimId claim, Address challenger) {
    return new GameId(
        Preimage.of(Preimage.Kind.GAME)
            .u256(at.chainId())
            .raw(at.arbiter().toByteArray())
            .bytes32(claim.value())
            .raw(challenger.toByteArray())
            .keccak());
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
