package dev.opml.dispute.chain;

import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.Registration;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.Subdivision;
import dev.opml.merkle.Commitments;
import java.time.Duration;

/**
 * An account's connection to an arbiter. Each method that changes something is one transaction: it
 * returns when the transaction has taken effect, and throws {@link
 * dev.opml.dispute.ArbiterRefusedException} if it was refused, in which case nothing has changed.
 * Bonds and fees are taken from the account's balance. What {@link ArbiterReader} tells is as of
 * the latest block. Safe for use by many threads.
 *
 * @see ArbiterCall what each transaction does
 */
public interface Arbiter extends ArbiterReader, ChainReader, ChainWriter {
  /** Longest wait for a transaction. */
  Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * Sends a transaction and waits until it has taken effect. Once it is signed, no failed answer
   * ends that: the transaction may have arrived.
   *
   * @throws dev.opml.dispute.ArbiterRefusedException if it was refused
   * @throws TransactionReplacedException if another took its nonce
   * @throws TransactionTimeoutException if that takes longer than {@link #PATIENCE}, or sending it
   *     failed and nobody has known it for a minute; it may still be included
   */
  default void send(ArbiterCall call) {
    Transaction transaction = sign(call);
    Receipt _ =
        Sending.of(transaction.hash(), () -> broadcast(transaction)).await(this::outcome, PATIENCE);
  }

  /** Sends {@link ArbiterCall.Register}. */
  default ModelId register(Registration registration, ModelSource source) {
    send(new ArbiterCall.Register(registration, source));
    return Commitments.modelId(registration.imageRoot(), registration.header());
  }

  /** Sends {@link ArbiterCall.Request}. */
  default RequestId request(RequestTerms terms) {
    send(new ArbiterCall.Request(terms));
    return terms.id(deployment().identity(), account());
  }

  /** Sends {@link ArbiterCall.SealClaim}. */
  default ClaimId seal(RequestId request, Seal seal, TokenIds output) {
    send(new ArbiterCall.SealClaim(request, seal, output));
    return ClaimId.of(deployment().identity(), request, account(), seal);
  }

  /** Sends {@link ArbiterCall.RevealClaim}. */
  default void reveal(ClaimId claim, Reveal reveal) {
    send(new ArbiterCall.RevealClaim(claim, reveal));
  }

  /** Sends {@link ArbiterCall.Expire}. */
  default void expire(ClaimId claim) {
    send(new ArbiterCall.Expire(claim));
  }

  /** Sends {@link ArbiterCall.Challenge}. */
  default GameId challenge(ClaimId claim, Opening opening) {
    send(new ArbiterCall.Challenge(claim, opening));
    return GameId.of(deployment().identity(), claim, account());
  }

  /** Sends {@link ArbiterCall.Subdivide}. */
  default void subdivide(OpenedSegment answered, Subdivision move) {
    send(new ArbiterCall.Subdivide(answered, move));
  }

  /** Sends {@link ArbiterCall.OpenMachine}. */
  default void openMachine(OpenedSegment answered, MachineOpening move) {
    send(new ArbiterCall.OpenMachine(answered, move));
  }

  /** Sends {@link ArbiterCall.SubmitWitness}. */
  default void submitWitness(OpenedSegment answered, Witness witness) {
    send(new ArbiterCall.SubmitWitness(answered, witness));
  }

  /** Sends {@link ArbiterCall.TimeOut}. */
  default void timeOut(PositionSummary stored) {
    send(new ArbiterCall.TimeOut(stored));
  }

  /** Sends {@link ArbiterCall.Close}. */
  default void close(PositionSummary stored) {
    send(new ArbiterCall.Close(stored));
  }

  /** Sends {@link ArbiterCall.Settle}. */
  default void settle(ClaimId claim) {
    send(new ArbiterCall.Settle(claim));
  }

  /** Sends {@link ArbiterCall.PayFee}. */
  default void payFee(RequestId request) {
    send(new ArbiterCall.PayFee(request));
  }

  /** Sends {@link ArbiterCall.Refund}. */
  default void refund(RequestId request) {
    send(new ArbiterCall.Refund(request));
  }

  /** Sends {@link ArbiterCall.Withdraw}. */
  default void withdraw() {
    send(new ArbiterCall.Withdraw());
  }

  @Override
  default Header head() {
    return head(Finality.LATEST);
  }

  /** Amount that an account can withdraw. */
  default Wei credit(Address holder) {
    return funds(holder, head().hash()).credit();
  }

  /** Money that an account holds outside the arbiter. */
  default Wei balance(Address holder) {
    return funds(holder, head().hash()).balance();
  }
}
