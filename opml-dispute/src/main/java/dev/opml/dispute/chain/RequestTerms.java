package dev.opml.dispute.chain;

import dev.opml.api.InputRoot;
import dev.opml.api.ModelId;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.internal.Preimage;
import dev.opml.merkle.Commitments;

/**
 * A requester's question and offer.
 *
 * @param model the model, which must be registered
 * @param inference prompt, length and sampling; the arbiter builds the input region from it
 * @param fee for the proposer whose claim becomes final; 0 is allowed
 * @param sealingDeadline last second in which a claim can be sealed, since 1970; later by what the
 *     chain stands still
 * @param consumer who is called with the final output
 * @param policy when a claim counts as final
 * @param nonce chosen by the requester, so that it can ask the same twice
 */
public record RequestTerms(
    ModelId model,
    InferenceRequest inference,
    Wei fee,
    long sealingDeadline,
    Address consumer,
    FinalityPolicy policy,
    long nonce) {
  /**
   * The id of the request: keccak(u8 1 ‖ u256 chainId ‖ arbiter ‖ requester ‖ model ‖ inputRoot ‖
   * u256 fee ‖ u64 sealingDeadline ‖ consumer ‖ u64 challengeWindow ‖ u256 bond ‖ u64 nonce).
   */
  public RequestId id(ArbiterIdentity at, Address requester) {
    InputRoot input = Commitments.inputRoot(inference);
    return new RequestId(
        Preimage.of(Preimage.Kind.REQUEST)
            .u256(at.chainId())
            .raw(at.arbiter().toByteArray())
            .raw(requester.toByteArray())
            .bytes32(model.value())
            .bytes32(input.value())
            .u256(fee.amount())
            .u64(sealingDeadline)
            .raw(consumer.toByteArray())
            .u64(policy.challengeWindow())
            .u256(policy.bond().amount())
            .u64(nonce)
            .keccak());
  }
}
