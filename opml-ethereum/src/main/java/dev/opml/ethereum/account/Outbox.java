package dev.opml.ethereum.account;

import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.Message;
import dev.opml.ethereum.rpc.TransactionNode;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Transactions of one account on their way into blocks. A transaction that waits is offered at a
 * higher price when its outcome is asked for; that makes another hash, by which it is known here as
 * well. Safe for use by many threads.
 */
public final class Outbox {
  private static final long TRANSFER_GAS = 21_000;

  private final long chainId;
  private final Signer signer;
  private final FeePolicy policy;
  private final Failover<TransactionNode> nodes;
  private final LongSupplier nanoTime;
  private final GasEstimate gas;
  private final OutcomeReader outcomes;
  private final Nonces nonces = new Nonces();
  private final Attempts attempts = new Attempts();

  /**
   * Makes an outbox.
   *
   * @param chainId the chain; a transaction counts on no other
   * @param nanoTime as {@link System#nanoTime}: how long transactions wait
   */
  public Outbox(
      long chainId,
      Signer signer,
      FeePolicy policy,
      Failover<BlockNode> blocks,
      Failover<TransactionNode> nodes,
      LongSupplier nanoTime) {
    this.chainId = chainId;
    this.signer = signer;
    this.policy = policy;
    this.nodes = nodes;
    this.nanoTime = nanoTime;
    this.gas = new GasEstimate(nodes);
    this.outcomes = new OutcomeReader(signer.address(), blocks, nodes);
  }

  /** The account. */
  public Address account() {
    return signer.address();
  }

  /**
   * Signs a call with the next free nonce.
   *
   * @param to the contract
   * @param value what is sent along
   * @param data selector and arguments
   * @throws dev.opml.dispute.ArbiterRefusedException if it would be refused now
   */
  public SignedTransaction sign(Address to, Wei value, byte[] data) {
    Message message = Message.of(account(), to, value, data);
    long most = gas.of(message);
    Fees fees = policy.first(baseFee());
    long nonce = nonces.take(nodes.ask(node -> node.waiting(account())));
    try {
      SignedTransaction signed =
          SignedTransaction.sign(
              new SignedTransaction.Content(chainId, nonce, fees, most, message), signer);
      Attempt _ = attempts.begin(signed);
      return signed;
    } catch (RuntimeException e) {
      nonces.giveBack(nonce);
      throw e;
    }
  }

  /**
   * Sends a transaction, and again whatever has replaced it at a higher price.
   *
   * @throws IllegalArgumentException if it was not signed here, or was cancelled
   */
  public void send(TransactionHash hash) {
    Attempt attempt =
        attempts
            .find(hash)
            .orElseThrow(() -> new IllegalArgumentException(hash + " was not signed here"));
    attempt.lock().lock();
    try {
      if (attempt.isFreed()) {
        throw new IllegalArgumentException(hash + " was cancelled");
      }
      offer(attempt);
    } finally {
      attempt.lock().unlock();
    }
  }

  private void offer(Attempt attempt) {
    SignedTransaction newest = attempt.newest().signed();
    attempt.offered(nanoTime.getAsLong()); // even if it fails: it may have arrived
    nodes.tell(node -> node.send(newest.hash(), newest.encoded()));
  }

  /**
   * Gives the nonce of a transaction back that was not sent, or takes it for one that does nothing.
   * That is also done if transactions with higher nonces wait for it.
   *
   * @param hash the transaction; if it was signed by another process, its nonce may be too high for
   *     it to be known here
   */
  public void cancel(TransactionHash hash, long nonce) {
    Optional<Attempt> known = attempts.find(hash);
    if (known.isEmpty()) {
      SignedTransaction nothing = nothing(nonce, policy.first(baseFee()));
      nodes.tell(node -> node.send(nothing.hash(), nothing.encoded()));
      return;
    }
    Attempt attempt = known.get();
    attempt.lock().lock();
    try {
      if (attempt.isFreed()) {
        return;
      }
      if (!attempt.isSent() && nonces.giveBackLast(attempt.nonce())) {
        attempt.free();
      } else {
        replaceByNothing(attempt);
      }
    } finally {
      attempt.lock().unlock();
    }
  }

  private void replaceByNothing(Attempt attempt) {
    if (!attempt.newest().cancels()) {
      Fees last = attempt.newest().signed().content().fees();
      // Beyond the cap if it has to be: a nonce that is never used holds up all later ones.
      Fees fees = policy.after(last, baseFee()).orElse(policy.beyondCap(last));
      attempts.add(attempt, new Attempt.Version(nothing(attempt.nonce(), fees), true));
    }
    offer(attempt);
  }

  private SignedTransaction nothing(long nonce, Fees fees) {
    Message self = Message.of(account(), account(), Wei.ZERO, new byte[0]);
    return SignedTransaction.sign(
        new SignedTransaction.Content(chainId, nonce, fees, TRANSFER_GAS, self), signer);
  }

  /** Outcome of a transaction; one that has waited for long is offered for more. */
  public TransactionOutcome outcome(TransactionHash hash) {
    Optional<Attempt> known = attempts.find(hash);
    if (known.isEmpty()) {
      return outcomes.of(hash);
    }
    Attempt attempt = known.get();
    attempt.lock().lock();
    try {
      if (!attempt.isSent()) {
        return new TransactionOutcome.Unknown();
      }
      TransactionOutcome outcome = outcomes.of(attempt.versions());
      if (outcome instanceof TransactionOutcome.Pending) {
        raise(attempt);
      }
      return outcome;
    } finally {
      attempt.lock().unlock();
    }
  }

  private void raise(Attempt attempt) {
    if (nanoTime.getAsLong() - attempt.offeredAt() < policy.patience().toNanos()) {
      return;
    }
    Attempt.Version last = attempt.newest();
    SignedTransaction.Content content = last.signed().content();
    Optional<Fees> fees = policy.after(content.fees(), baseFee());
    fees.ifPresent(more -> {
      SignedTransaction next = SignedTransaction.sign(content.with(more), signer);
      attempts.add(attempt, new Attempt.Version(next, last.cancels()));
    });
    offer(attempt);
  }

  private Wei baseFee() {
    return nodes.ask(TransactionNode::baseFee);
  }
}
