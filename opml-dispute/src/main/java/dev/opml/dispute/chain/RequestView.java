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
 * @param sealingDeadline last second in which a claim can be sealed; moves when a claim fails
 * @param liveClaims number of claims that are neither final nor failed
 * @param claims all claims in the order in which they were sealed
 * @param finalClaim the first claim that became final
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
    long sealingDeadline,
    int liveClaims,
    List<ClaimId> claims,
    Optional<ClaimId> finalClaim,
    boolean feeGone) {}
