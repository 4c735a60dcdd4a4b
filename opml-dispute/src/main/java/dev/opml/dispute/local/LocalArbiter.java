package dev.opml.dispute.local;

import dev.opml.api.trace.StepFunction;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Block;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.Receipt;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The arbiter in this process. It keeps the rules, clocks and money exactly as the contracts do;
 * accounts are names, not keys, so whoever holds this object may act for everybody. Safe for use by
 * many threads: transactions are atomic and ordered.
 */
public final class LocalArbiter {
  private static final String CODE = "local";

  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock delivery = new ReentrantLock();
  private final List<Told> subscribers = new CopyOnWriteArrayList<>();
  private final BlockSource blocks;
  private final Ground ground;
  private final RequestBook requests;
  private final ClaimBook claims;
  private final GameTable games;
  private final TransactionPool transactions = new TransactionPool();

  /** Written by who holds {@link #delivery} only. */
  private volatile int delivered;

  /**
   * Deploys an arbiter.
   *
   * @param identity chain and address that ids are bound to
   * @param machine executes the disputed instruction
   * @param blocks its time
   */
  public LocalArbiter(
      ArbiterIdentity identity,
      ArbiterParameters parameters,
      StepFunction machine,
      BlockSource blocks) {
    this.blocks = blocks;
    this.ground = new Ground(identity, parameters, blocks.head());
    this.requests = new RequestBook(ground);
    this.claims = new ClaimBook(ground, requests);
    this.games = new GameTable(ground, requests, claims, machine);
  }

  /** A connection for an account. */
  public Arbiter connect(Address account) {
    return new LocalConnection(this, account);
  }

  /** Gives an account money. */
  public void fund(Address account, Wei amount) {
    boolean _ =
        read(() -> {
          change(() -> ground.ledger().mint(account, amount));
          return true;
        });
  }

  /** The sums of money by the place where it is. */
  public MoneyTotals totals() {
    return read(() -> ground.ledger().totals());
  }

  /**
   * Tells a subscriber every event from now on, in order, after the transaction took effect, on a
   * thread that sent a transaction, which need not be the one of the event. An exception or error
   * it throws reaches that thread; events are never lost by it.
   */
  public Subscription subscribe(Consumer<LoggedEvent> subscriber) {
    Told told = new Told(subscriber);
    subscribers.add(told);
    return told;
  }

  /** One subscription; the same subscriber may have several. */
  private final class Told implements Subscription {
    private final Consumer<LoggedEvent> subscriber;

    Told(Consumer<LoggedEvent> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void close() {
      subscribers.remove(this);
    }
  }

  Deployment deployment() {
    return new Deployment(ground.identity(), ground.parameters(), CODE);
  }

  Block now() {
    return blocks.head();
  }

  Ground ground() {
    return ground;
  }

  RequestBook requests() {
    return requests;
  }

  ClaimBook claims() {
    return claims;
  }

  GameTable games() {
    return games;
  }

  TransactionPool transactions() {
    return transactions;
  }

  <T> T read(Supplier<T> reading) {
    lock.lock();
    try {
      return reading.get();
    } finally {
      lock.unlock();
    }
  }

  /** Includes a transaction of an account, which happens once. */
  void include(Address sender, Transaction transaction) {
    boolean _ =
        read(() -> {
          if (!transactions.isOver(transaction.hash())) {
            transactions.end(transaction.hash(), outcome(sender, transaction.call()));
          }
          return true;
        });
    deliver();
  }

  private TransactionOutcome outcome(Address sender, ArbiterCall call) {
    try {
      change(() -> execute(sender, call));
      return new TransactionOutcome.Included(receipt());
    } catch (ArbiterRefusedException e) {
      return new TransactionOutcome.Reverted(e, receipt());
    }
  }

  private Receipt receipt() {
    Header block = ground.blocks().head(ground.block());
    return new Receipt(block.hash(), block.number(), 0, Wei.ZERO);
  }

  private void execute(Address sender, ArbiterCall call) {
    switch (call) {
      case ArbiterCall.Register(var registration, var source) ->
          requests.register(sender, registration, source);
      case ArbiterCall.Request(var terms) -> requests.open(sender, terms);
      case ArbiterCall.SealClaim(var request, var seal, var output) ->
          claims.seal(sender, request, seal, output);
      case ArbiterCall.RevealClaim(var claim, var reveal) -> claims.reveal(sender, claim, reveal);
      case ArbiterCall.Expire(var claim) -> claims.expire(claim);
      case ArbiterCall.Challenge(var claim, var opening) -> games.challenge(sender, claim, opening);
      case ArbiterCall.Subdivide(var answered, var move) -> games.subdivide(sender, answered, move);
      case ArbiterCall.OpenMachine(var answered, var move) ->
          games.openMachine(sender, answered, move);
      case ArbiterCall.SubmitWitness(var answered, var witness) ->
          games.submitWitness(sender, answered, witness);
      case ArbiterCall.Prove(var answered, var move, var witness) ->
          games.prove(sender, answered, move, witness);
      case ArbiterCall.TimeOut(var stored) -> games.timeOut(stored);
      case ArbiterCall.Close(var stored) -> games.close(stored);
      case ArbiterCall.Settle(var claim) -> claims.settle(claim);
      case ArbiterCall.PayFee(var request) -> claims.payFee(request);
      case ArbiterCall.Refund(var request) -> requests.refund(request);
      case ArbiterCall.Withdraw() -> withdraw(sender);
    }
  }

  private void withdraw(Address sender) {
    Wei amount = ground.ledger().withdraw(sender);
    // Events of nothing would cost so little that a block has more of them than a client reads.
    if (!amount.isZero()) {
      ground.emit(new ArbiterEvent.Withdrawn(sender, amount));
    }
  }

  /**
   * Changes the state in one block. A transaction checks everything before it changes anything, so
   * a refusal leaves no trace.
   */
  private void change(Runnable change) {
    ground.begin(blocks.head());
    change.run();
    ground.commit();
  }

  /** Delivers outside the arbiter's lock, so that a slow subscriber delays nobody's reads. */
  private void deliver() {
    if (delivery.isHeldByCurrentThread()) {
      return; // a subscriber sent a transaction; its events follow those being delivered
    }
    // Whoever delivers now delivers this transaction's events, too: nobody waits for a subscriber
    // that blocks but the thread that tells it.
    while (delivered < read(() -> ground.blocks().size()) && delivery.tryLock()) {
      try {
        while (delivered < read(() -> ground.blocks().size())) {
          int next = delivered;
          delivered = next + 1;
          LoggedEvent event = read(() -> ground.blocks().get(next));
          tellAll(event);
        }
      } finally {
        delivery.unlock();
      }
    }
  }

  /** Tells every subscriber, even if one of them throws. */
  private void tellAll(LoggedEvent event) {
    Throwable thrown = null;
    for (Told told : subscribers) {
      try {
        told.subscriber.accept(event);
      } catch (RuntimeException | Error e) {
        if (thrown == null) {
          thrown = e;
        } else {
          thrown.addSuppressed(e);
        }
      }
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }
}
