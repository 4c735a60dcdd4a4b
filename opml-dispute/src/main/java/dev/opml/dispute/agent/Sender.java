package dev.opml.dispute.agent;

import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ChainWriter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.journal.PendingIntent;
import dev.opml.dispute.journal.SentTransaction;
import dev.opml.dispute.view.ChainView;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Sends transactions, each written to the journal before, with the hash that it is found by later.
 * It does not wait until one is included; a later round looks what has become of it, and until then
 * nothing with the same intent is sent. Without a journal that can be written only seals are not
 * sent, because a bond hangs on what has to be on the disk first. All else may be sent twice and
 * does no harm, and not sending it loses a bond, or lets a false claim become final.
 */
final class Sender {
  /** Blocks in which a transaction that no endpoint knows may still be on its way to it. */
  private static final int YOUNG = 3;

  /**
   * Blocks that an endpoint may be ahead of the one that the chain is read from. More is not
   * believed: a block that never comes would keep an intent from being sent for ever.
   */
  private static final int MOST_AHEAD = 32;

  /**
   * A transaction whose outcome is not known.
   *
   * @param sequence the line in the journal, if there is one
   * @param sent the transaction
   * @param block number of the newest block when it was sent; 0 if that was before a restart
   */
  private record Flight(OptionalLong sequence, SentTransaction sent, long block) {}

  private final AgentContext context;
  private final Lookout lookout;
  private final PatientJournal journal;
  private final Backoff<Intent> refusals;

  /** Intents that are being sent: the line of each in the journal is somebody's to end. */
  private final Set<Intent> underWay = ConcurrentHashMap.newKeySet();

  private final Map<Intent, Flight> flights = new ConcurrentHashMap<>();

  /** Numbers of the blocks that the last transactions took effect in. */
  private final Recent<Intent, Long> included = new Recent<>(4096);

  /** Intents whose transaction could not be signed or sent, or came into no block. */
  private final Recent<Intent, Boolean> failed = new Recent<>(4096);

  /** Makes a sender; reviews what its journal has from before a crash. */
  Sender(AgentContext context, Lookout lookout) {
    this(context, lookout, PatientJournal.PATIENCE);
  }

  /**
   * Makes a sender.
   *
   * @param patience how long it waits for the journal to write a line
   */
  Sender(AgentContext context, Lookout lookout, Duration patience) {
    this.context = context;
    this.lookout = lookout;
    this.refusals =
        new Backoff<>(
            Backoff.firstPause(context.expected().parameters()),
            context.limits().longestPause().toSeconds());
    this.journal = new PatientJournal(context.journal(), patience);
    for (PendingIntent pending : journal.pending()) {
      pending
          .sent()
          .ifPresent(sent ->
              flights.put(
                  pending.intent(), new Flight(OptionalLong.of(pending.sequence()), sent, 0)));
    }
    review();
  }

  /** The agent's journal, waited for a while only. */
  Journal journal() {
    return journal;
  }

  /** Whether a transaction was sent, and it is not known what has become of it. */
  boolean isUnderWay(Intent intent) {
    return underWay.contains(intent) || flights.containsKey(intent);
  }

  /** Whether a transaction is under way, or in a block that was not read yet. */
  boolean isUnseen(Intent intent) {
    return isUnderWay(intent) || included.known(intent).orElse(0L) > lookout.now().head().number();
  }

  /**
   * Whether a transaction may be sent now: not while one with the same intent is under way, or in a
   * block that was not read yet; and one that was refused waits before it is sent again, the longer
   * the more often.
   */
  boolean maySend(Intent intent) {
    return !isUnseen(intent) && refusals.allows(intent, now());
  }

  /**
   * Whether a transaction with this intent was refused, could not be signed or sent, or came into
   * no block.
   */
  boolean hasFailed(Intent intent) {
    return refusals.wasRefused(intent) || failed.known(intent).isPresent();
  }

  /** Whether there is something to {@linkplain #review}. */
  boolean hasOpenIntents() {
    return !flights.isEmpty()
        || journal.pending().stream().anyMatch(it -> !underWay.contains(it.intent()));
  }

  /**
   * Looks what has become of what was sent, and ends the journal's intents that nobody is sending,
   * by looking whether the chain shows their effect: those from before a crash, and those whose end
   * could not be written.
   */
  void review() {
    flights.forEach((intent, flight) -> {
      try {
        settle(intent, flight);
      } catch (Throwable e) {
        // The others are looked up all the same.
        context.listener().onFailure(intent, e);
      }
    });
    for (PendingIntent pending : journal.pending()) {
      if (!isUnderWay(pending.intent())) {
        end(pending.intent(), OptionalLong.of(pending.sequence()), found(pending.intent()));
      }
    }
  }

  /**
   * Sends, if it {@linkplain #maySend may}; a refusal is reported, not thrown: a later round looks
   * at the chain again.
   */
  void send(Intent intent, ArbiterCall call) {
    if (!maySend(intent) || !underWay.add(intent)) {
      return;
    }
    try {
      OptionalLong sequence = begin(intent);
      Transaction transaction;
      try {
        transaction = context.arbiter().sign(call);
      } catch (ArbiterRefusedException e) {
        refuse(intent, sequence, e);
        return;
      }
      SentTransaction sent = new SentTransaction(transaction.hash(), transaction.nonce());
      note(intent, sequence, sent);
      Flight flight = new Flight(sequence, sent, lookout.now().head().number());
      flights.put(intent, flight);
      context.arbiter().broadcast(transaction);
      settle(intent, flight);
    } catch (Throwable e) {
      failed.put(intent, true);
      throw e;
    } finally {
      underWay.remove(intent);
    }
  }

  private long now() {
    return lookout.now().head().block().time();
  }

  private OptionalLong begin(Intent intent) {
    try {
      return OptionalLong.of(journal.begin(intent));
    } catch (Throwable e) {
      if (intent.kind() == IntentKind.SEAL) {
        throw e;
      }
      context.listener().onFailure(intent, e);
      return OptionalLong.empty();
    }
  }

  /** Writes down the transaction that carries out an intent. */
  private void note(Intent intent, OptionalLong sequence, SentTransaction sent) {
    if (sequence.isEmpty()) {
      return;
    }
    try {
      journal.sent(sequence.getAsLong(), sent);
    } catch (Throwable e) {
      if (intent.kind() == IntentKind.SEAL) {
        free(sent, e::addSuppressed); // the failure of the journal is the one that is told
        throw e;
      }
      context.listener().onFailure(intent, e);
    }
  }

  /** Frees the nonce of a transaction that never arrives: it would hold up all later ones. */
  private void free(SentTransaction sent, Consumer<Throwable> failed) {
    ChainWriter writer = context.arbiter();
    try {
      writer.cancel(sent.hash(), sent.nonce());
    } catch (Throwable e) {
      failed.accept(e);
    }
  }

  /** Looks what has become of a transaction, and ends its intent if that is known. */
  private void settle(Intent intent, Flight flight) {
    switch (lookout.outcome(flight.sent().hash())) {
      case TransactionOutcome.Pending _ -> {}
      case TransactionOutcome.Included(var receipt) -> {
        long most = lookout.now().head().number() + MOST_AHEAD;
        included.put(intent, Math.min(receipt.number(), most));
        refusals.accepted(intent);
        if (flights.remove(intent, flight)) {
          context.listener().onAccepted(intent);
          end(intent, flight.sequence(), Outcome.ACCEPTED);
        }
      }
      case TransactionOutcome.Reverted(ArbiterRefusedException refusal, _) -> {
        if (flights.remove(intent, flight)) {
          refuse(intent, flight.sequence(), refusal);
        }
      }
      case TransactionOutcome.Replaced _ -> land(intent, flight);
      case TransactionOutcome.Unknown _ -> {
        if (lookout.now().head().number() >= flight.block() + YOUNG) {
          free(flight.sent(), e -> context.listener().onFailure(intent, e));
          land(intent, flight);
        }
      }
    }
  }

  private void refuse(Intent intent, OptionalLong sequence, ArbiterRefusedException refusal) {
    refusals.refused(intent, now());
    context.listener().onRefused(intent, refusal);
    end(intent, sequence, Outcome.REFUSED);
  }

  /** Ends the intent of a transaction that will not be included, or was by another way. */
  private void land(Intent intent, Flight flight) {
    if (flights.remove(intent, flight)) {
      failed.put(intent, true);
      end(intent, flight.sequence(), found(intent));
    }
  }

  private Outcome found(Intent intent) {
    return applied(intent) ? Outcome.FOUND_APPLIED : Outcome.FOUND_MISSING;
  }

  /** Ends an intent; one whose end cannot be written is reviewed in a later round. */
  private void end(Intent intent, OptionalLong sequence, Outcome outcome) {
    try {
      sequence.ifPresent(number -> journal.end(number, outcome));
    } catch (Throwable e) {
      context.listener().onFailure(intent, e);
    }
  }

  private boolean applied(Intent intent) {
    ChainView chain = lookout.now();
    ClaimId claim = new ClaimId(intent.target());
    GameId game = new GameId(intent.target());
    return switch (intent.kind()) {
      case SEAL -> chain.claim(claim).isPresent();
      case REVEAL -> chain.claim(claim).filter(it -> it.finalRoot().isPresent()).isPresent();
      case EXPIRE -> hasStatus(claim, ClaimStatus.EXPIRED);
      case SETTLE -> hasStatus(claim, ClaimStatus.FINAL);
      case CHALLENGE -> chain.game(game).isPresent();
      case MOVE ->
          chain
              .game(game)
              .filter(it ->
                  it.status() != GameStatus.OPEN
                      || !it.positionHash().value().equals(intent.answers()))
              .isPresent();
      case TIME_OUT, CLOSE ->
          chain.game(game).filter(it -> it.status() != GameStatus.OPEN).isPresent();
      case PAY_FEE ->
          chain.request(new RequestId(intent.target())).filter(RequestView::feeGone).isPresent();
      case WITHDRAW -> chain.funds().credit().isZero();
    };
  }

  private boolean hasStatus(ClaimId id, ClaimStatus status) {
    return lookout.now().claim(id).filter(it -> it.status() == status).isPresent();
  }
}
