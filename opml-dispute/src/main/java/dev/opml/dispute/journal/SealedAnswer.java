package dev.opml.dispute.journal;

import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.Reveal;

/**
 * An answer that a proposer has sealed, or is about to. Whoever reads it before the reveal can
 * claim the same.
 *
 * @param claim the claim that the seal makes
 * @param request the request that it answers
 * @param reveal opens the seal; the tokens are on the chain
 */
public record SealedAnswer(ClaimId claim, RequestId request, Reveal reveal) {}
