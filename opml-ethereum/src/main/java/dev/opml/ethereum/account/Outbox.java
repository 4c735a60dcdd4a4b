package dev.opml.ethereum.account;

import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.Message;
import dev.opml.ethereum.rpc.TransactionNode;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Transactions of one account on their way into blocks. A transaction that waits is offered at a
 * higher price when its outcome is asked for, and the one that all others wait for whenever
 * anything is asked; that makes another hash, by which it is known here as well. Safe for use by
 * many threads.
 */
public final class Outbox {
  private static final System.Logger LOGGER = System.getLogger(Outbox.class.getName());
  private static final long TRANSFER_GAS = 21_000;

  /**
   * Nonces in a row that are taken because nobody here knows who has them; a lie may be of many.
   */
  private static final long MOST_FILLED = 64;

  private final long chainId;
  private final Signer signer;
  private final FeePolicy policy;
  private final Supplier<Wei> baseFee;
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
   * @param baseFee least price of gas in the newest block
   * @param nanoTime as {@link System#nanoTime}: how long transactions wait
   */
  public Outbox(
      long chainId,
      Signer signer,
      FeePolicy policy,
      Supplier<Wei> baseFee,
      Failover<BlockNode> blocks,
      Failover<TransactionNode> nodes,
      LongSupplier nanoTime) {
    this.chainId = chainId;
    this.signer = signer;
    this.policy = policy;
    this.baseFee = baseFee;
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
   * Signs a call with the lowest nonce that is free.
   *
   * @param to the contract
   * @param value what is sent along
   * @param data selector and arguments
   * @throws dev.opml.dispute.ArbiterRefusedException if it would be refused now
   */
  public SignedTransaction sign(Address to, Wei value, byte[] data) {
    tend();
    Message message = Message.of(account(), to, value, data);
    long most = gas.of(message);
    Fees fees = policy.first(baseFee.get());
    long nonce = nonces.take(nodes.reached(node -> node.waiting(account())));
    try {
      SignedTransaction signed = signed(nonce, fees, most, message);
      Attempt _ = attempts.begin(new Attempt.Version(signed, false));
      return signed;
    } catch (RuntimeException e) {
      nonces.free(nonce);
      throw e;
    }
  }

  private SignedTransaction signed(long nonce, Fees fees, long most, Message message) {
    return SignedTransaction.sign(
        new SignedTransaction.Content(chainId, nonce, fees, most, message), signer);
  }

  private SignedTransaction nothing(long nonce, Fees fees) {
    Message self = Message.of(account(), account(), Wei.ZERO, new byte[0]);
    return signed(nonce, fees, TRANSFER_GAS, self);
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
   * That is also done if transactions with higher nonces wait for it. What does nothing is offered
   * again until a block has the nonce, whoever asks for what.
   *
   * @param hash the transaction; if it was signed by another process, its nonce may be too high for
   *     it to be known here
   */
  public void cancel(TransactionHash hash, long nonce) {
    Optional<Attempt> known = attempts.find(hash);
    if (known.isEmpty()) {
      cancelUnknown(nonce);
      return;
    }
    Attempt attempt = known.get();
    attempt.lock().lock();
    try {
      if (attempt.isFreed()) {
        return;
      }
      if (!attempt.isSent() && nonces.freeLast(attempt.nonce())) {
        attempt.free();
        boolean _ = attempts.end(attempt);
      } else {
        replaceByNothing(attempt);
      }
    } finally {
      attempt.lock().unlock();
    }
  }

  private void cancelUnknown(long nonce) {
    if (!nonces.takeThis(nonce)) {
      return; // it was signed with again since
    }
    Fees fees = policy.first(baseFee.get());
    Attempt attempt = attempts.begin(new Attempt.Version(nothing(nonce, fees), true));
    attempt.lock().lock();
    try {
      offer(attempt);
    } finally {
      attempt.lock().unlock();
    }
  }

  private void replaceByNothing(Attempt attempt) {
    if (!attempt.newest().cancels()) {
      Fees last = attempt.newest().signed().content().fees();
      Fees fees = policy.after(last, baseFee.get()).orElse(policy.beyondCap(last));
      attempts.add(attempt, new Attempt.Version(nothing(attempt.nonce(), fees), true));
    }
    offer(attempt);
  }

  /** Outcome of a transaction; one that has waited for long is offered for more. */
  public TransactionOutcome outcome(TransactionHash hash) {
    Optional<Attempt> known = attempts.find(hash).or(() -> adopted(hash));
    TransactionOutcome outcome = known.map(this::outcome).orElseGet(() -> outcomes.of(hash));
    tend();
    return outcome;
  }

  private TransactionOutcome outcome(Attempt attempt) {
    attempt.lock().lock();
    try {
      if (!attempt.isSent()) {
        return new TransactionOutcome.Unknown();
      }
      TransactionOutcome outcome = outcomes.of(attempt.versions());
      switch (outcome) {
        case TransactionOutcome.Pending _ -> raise(attempt);
        case TransactionOutcome.Unknown _ -> {}
        case TransactionOutcome.Included _,
            TransactionOutcome.Reverted _,
            TransactionOutcome.Replaced _ ->
            end(attempt);
      }
      return outcome;
    } finally {
      attempt.lock().unlock();
    }
  }

  /** A transaction that another process of this account has signed, and that waits. */
  private Optional<Attempt> adopted(TransactionHash hash) {
    Optional<SignedTransaction> found =
        nodes.find(node ->
            node.transaction(hash)
                .map(it -> SignedTransaction.of(chainId, it))
                .filter(it -> it.hash().equals(hash)));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    long nonce = found.get().content().nonce();
    if (included() > nonce || !nonces.takeThis(nonce)) {
      return Optional.empty();
    }
    Attempt attempt = attempts.begin(new Attempt.Version(found.get(), false));
    attempt.offered(nanoTime.getAsLong());
    return Optional.of(attempt);
  }

  /**
   * Sees to the transaction that all others wait for, if nothing was done about it for long. Nobody
   * need ask for it: it may be one that does nothing, or of an earlier process that has written
   * down nothing of it. Nor need anybody who asks for something else hear that this failed.
   */
  private void tend() {
    Optional<Attempt> lowest = attempts.lowest().filter(this::isLate);
    if (lowest.isEmpty()) {
      return;
    }
    Attempt attempt = lowest.get();
    attempt.lock().lock();
    try {
      long next = included();
      long missing = attempt.nonce() - next;
      if (missing < 0) {
        end(attempt);
      } else if (missing > 0 && missing <= MOST_FILLED) {
        cancelUnknown(next);
      } else {
        raise(attempt);
      }
    } catch (OpmlException e) {
      LOGGER.log(Level.WARNING, "nonce " + attempt.nonce() + " of " + account() + " waits", e);
    } finally {
      attempt.lock().unlock();
    }
  }

  private long included() {
    return nodes.reached(node -> node.included(account()));
  }

  /** Ends an attempt, once: its nonce may be another's by now. */
  private void end(Attempt attempt) {
    if (attempts.end(attempt)) {
      nonces.free(attempt.nonce());
    }
  }

  private boolean isLate(Attempt attempt) {
    return nanoTime.getAsLong() - attempt.offeredAt() >= policy.patience().toNanos();
  }

  private void raise(Attempt attempt) {
    if (!isLate(attempt)) {
      return;
    }
    Attempt.Version last = attempt.newest();
    SignedTransaction.Content content = last.signed().content();
    more(last)
        .ifPresent(fees -> {
          SignedTransaction next = SignedTransaction.sign(content.with(fees), signer);
          attempts.add(attempt, new Attempt.Version(next, last.cancels()));
        });
    offer(attempt);
  }

  /**
   * The next offer. What cancels goes beyond the cap once: the one to replace may have come up to
   * it, and a nonce that no block has holds up all later ones.
   */
  private Optional<Fees> more(Attempt.Version last) {
    Fees fees = last.signed().content().fees();
    Optional<Fees> within = policy.after(fees, baseFee.get());
    boolean mayGoBeyond = last.cancels() && !policy.cap().isLessThan(fees.most());
    return within.isEmpty() && mayGoBeyond ? Optional.of(policy.beyondCap(fees)) : within;
  }
}
