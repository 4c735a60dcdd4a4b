package dev.opml.dispute.chain;

import dev.opml.api.InputRoot;
import dev.opml.api.StateRoot;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import java.util.List;
import java.util.Optional;

/**
 * A request as it stands.
 *
 * @param id its identity
 * @param requester who asks and pays
 * @param terms what is asked
 * @param inputRoot root of the input region
 * @param initialRoot {@code S_0}
 * @param traceLength {@code N}
 * @param status where it stands
 * @param sealing the time in which a claim can be sealed; begins anew when a claim fails
 * @param liveClaims number of claims that are neither final nor failed
 * @param claims all claims in the order in which they were sealed: no state of the arbiter, but
 *     rebuilt from its events
 * @param finalClaim the first claim that became final
 * @param payee the earliest-sealed of the claims that became final with the final root: the fee is
 *     its proposer's, unless one that was sealed still earlier and is undecided joins them
 * @param feeGone whether the fee was paid or refunded
 */
public record RequestView(
    RequestId id,
    Address requester,
    RequestTerms terms,
    InputRoot inputRoot,
    StateRoot initialRoot,
    long traceLength,
    RequestStatus status,
    Window sealing,
    int liveClaims,
    List<ClaimId> claims,
    Optional<ClaimId> finalClaim,
    Optional<ClaimId> payee,
    boolean feeGone) {
  /**
   * Last second in which a claim can be sealed, since 1970, if the chain does not stand still;
   * moves when a claim fails.
   */
  public long sealingDeadline() {
    return sealing.deadline();
  }
}
