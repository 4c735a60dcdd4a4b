package dev.opml.dispute;

import dev.opml.api.Bytes32;
import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.dispute.internal.Preimage;

/** A commitment to a claim's final root that nobody else can use or read before it is revealed. */
public record Seal(Bytes32 value) {
  /**
   * The seal: keccak(u8 2 ‖ u256 chainId ‖ arbiter ‖ request ‖ proposer ‖ outputRoot ‖ S_N ‖ salt).
   */
  public static Seal of(
      ArbiterIdentity at,
      RequestId request,
      Address proposer,
      OutputRoot output,
      StateRoot finalRoot,
      Salt salt) {
    return new Seal(
        Preimage.of(Preimage.Kind.SEAL)
            .u256(at.chainId())
            .raw(at.arbiter().toByteArray())
            .bytes32(request.value())
            .raw(proposer.toByteArray())
            .bytes32(output.value())
            .bytes32(finalRoot.value())
            .bytes32(salt.value())
            .keccak());
  }
}
