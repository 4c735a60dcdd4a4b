package dev.opml.dispute;

import dev.opml.api.Bytes32;
import dev.opml.dispute.internal.Preimage;

/** Identity of a claim: the hash of its request, proposer and seal, bound to the arbiter. */
public record ClaimId(Bytes32 value) {
  /** The id of a claim: keccak(u8 3 ‖ u256 chainId ‖ arbiter ‖ request ‖ proposer ‖ seal). */
  public static ClaimId of(ArbiterIdentity at, RequestId request, Address proposer, Seal seal) {
    return new ClaimId(
        Preimage.of(Preimage.Kind.CLAIM)
            .u256(at.chainId())
            .raw(at.arbiter().toByteArray())
            .bytes32(request.value())
            .raw(proposer.toByteArray())
            .bytes32(seal.value())
            .keccak());
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
