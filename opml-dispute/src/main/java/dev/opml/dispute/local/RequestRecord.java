package dev.opml.dispute.local;

import dev.opml.api.InputRoot;
import dev.opml.api.StateRoot;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the arbiter stores of a request. Guarded by the arbiter's lock. */
final class RequestRecord {
  final RequestId id;
  final Address requester;
  final RequestTerms terms;
  final InputRoot inputRoot;
  final StateRoot initialRoot;
  final long traceLength;
  final List<ClaimId> claims = new ArrayList<>();
  RequestStatus status = RequestStatus.OPEN;
  long sealingDeadline;
  int liveClaims;
  int feeCursor;
  boolean feeGone;
  @Nullable ClaimId finalClaim;
  @Nullable StateRoot finalRoot;

  RequestRecord(
      RequestId id,
      Address requester,
      RequestTerms terms,
      InputRoot inputRoot,
      StateRoot initialRoot,
      long traceLength) {
    this.id = id;
    this.requester = requester;
    this.terms = terms;
    this.inputRoot = inputRoot;
    this.initialRoot = initialRoot;
    this.traceLength = traceLength;
    this.sealingDeadline = terms.sealingDeadline();
  }

  RequestView view() {
    return new RequestView(
        id,
        requester,
        terms,
        inputRoot,
        initialRoot,
        traceLength,
        status,
        sealingDeadline,
        liveClaims,
        List.copyOf(claims),
        Optional.ofNullable(finalClaim),
        feeGone);
  }
}
