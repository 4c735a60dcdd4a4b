package dev.opml.dispute.local;

import dev.opml.api.InputRoot;
import dev.opml.api.StateRoot;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Window;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of a request that the arbiter stores. Guarded by the arbiter's lock. */
final class RequestRecord {
  final RequestId id;
  final Address requester;
  final RequestTerms terms;
  final InputRoot inputRoot;
  final StateRoot initialRoot;
  final long traceLength;
  final AliveClaims alive = new AliveClaims();
  RequestStatus status = RequestStatus.OPEN;
  Window sealing;
  long sealedClaims;
  boolean feeGone;

  /** The first claim that became final. */
  @Nullable ClaimRecord finalClaim;

  /** The earliest-sealed claim that became final with the same root. */
  @Nullable ClaimRecord payee;

  RequestRecord(
      RequestId id,
      Address requester,
      RequestTerms terms,
      InputRoot inputRoot,
      StateRoot initialRoot,
      long traceLength,
      Window sealing) {
    this.id = id;
    this.requester = requester;
    this.terms = terms;
    this.inputRoot = inputRoot;
    this.initialRoot = initialRoot;
    this.traceLength = traceLength;
    this.sealing = sealing;
  }

  /**
   * For reading.
   *
   * @param claims all claims, from the events
   */
  RequestView view(List<ClaimId> claims) {
    return new RequestView(
        id,
        requester,
        terms,
        inputRoot,
        initialRoot,
        traceLength,
        status,
        sealing,
        alive.count(),
        claims,
        Optional.ofNullable(finalClaim).map(claim -> claim.id),
        Optional.ofNullable(payee).map(claim -> claim.id),
        feeGone);
  }
}
