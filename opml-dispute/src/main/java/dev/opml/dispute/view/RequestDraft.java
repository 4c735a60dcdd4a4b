package dev.opml.dispute.view;

import dev.opml.dispute.ClaimId;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A request that is being changed by an event. */
final class RequestDraft {
  private final RequestView before;
  final List<ClaimId> claims;
  RequestStatus status;
  Window sealing;
  int liveClaims;
  Optional<ClaimId> finalClaim;
  Optional<ClaimId> payee;
  boolean feeGone;

  RequestDraft(RequestView before) {
    this.before = before;
    this.claims = new ArrayList<>(before.claims());
    this.status = before.status();
    this.sealing = before.sealing();
    this.liveClaims = before.liveClaims();
    this.finalClaim = before.finalClaim();
    this.payee = before.payee();
    this.feeGone = before.feeGone();
  }

  RequestView view() {
    return new RequestView(
        before.id(),
        before.requester(),
        before.terms(),
        before.inputRoot(),
        before.initialRoot(),
        before.traceLength(),
        status,
        sealing,
        liveClaims,
        List.copyOf(claims),
        finalClaim,
        payee,
        feeGone);
  }
}
