package dev.opml.dispute.agent;

import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.journal.PendingIntent;
import dev.opml.dispute.view.ChainView;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends transactions, each written to the journal before. Without a journal that can be written
 * only seals are not sent, because a bond hangs on what has to be on the disk first. All else may
 * be sent twice and does no harm, and not sending it loses a bond, or lets a false claim become
 * final.
 */
final class Sender {
  private final AgentContext context;
  private final Lookout lookout;
  private final PatientJournal journal;
  private final Backoff<Intent> refusals;

  /** What is being sent: its line in the journal is somebody's to end. */
  private final Set<Intent> underWay = ConcurrentHashMap.newKeySet();


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
    this.refusals = new Backoff<>(context.expected().parameters().blockSeconds());
    this.journal = new PatientJournal(context.journal(), patience);
    review();
  }

  /** Whether the journal has intents without an outcome that nobody is sending. */
  boolean hasOpenIntents() {
    return journal.pending().stream().anyMatch(it -> !underWay.contains(it.intent()));
  }

  /**
   * Ends the journal's intents that nobody is sending, by looking whether the chain shows their
   * effect: those from before a crash, and those whose end could not be written.
   */
  void review() {
    for (PendingIntent pending : journal.pending()) {
      if (!underWay.contains(pending.intent())) {
        end(
            pending.intent(),
            pending.sequence(),
            applied(pending.intent()) ? Outcome.FOUND_APPLIED : Outcome.FOUND_MISSING);
      }
    }
  }

  /** The agent's journal, waited for a while only. */
  Journal journal() {
    return journal;
  }

  /**
   * Whether a transaction may be sent now: one that was refused waits before it is sent again, the
   * longer the more often.
   */
  boolean maySend(Intent intent) {
    return refusals.allows(intent, now());
  }

  /**
   * Sends, if it {@linkplain #maySend may} and nobody is sending the same; a refusal is reported,
   * not thrown: a later round looks at the chain again.
   */
  void send(Intent intent, Runnable transaction) {
    if (!maySend(intent) || !underWay.add(intent)) {
      return;
    }
    try {
      sendNow(intent, transaction);
    } finally {
      underWay.remove(intent);
    }
  }

  private void sendNow(Intent intent, Runnable transaction) {
    OptionalLong sequence = begin(intent);
    try {
      transaction.run();
    } catch (ArbiterRefusedException refusal) {
      refusals.refused(intent, now());
      context.listener().onRefused(intent, refusal);
      sequence.ifPresent(number -> end(intent, number, Outcome.REFUSED));
      return;
    } catch (Throwable e) {
      sequence.ifPresent(number -> endFailed(number, e));
      throw e;
    }
    refusals.accepted(intent);
    context.listener().onAccepted(intent);
    sequence.ifPresent(number -> end(intent, number, Outcome.ACCEPTED));
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

  /** Ends an intent; one whose end cannot be written is reviewed in a later round. */
  private void end(Intent intent, long sequence, Outcome outcome) {
    try {
      journal.end(sequence, outcome);
    } catch (Throwable e) {
      context.listener().onFailure(intent, e);
    }
  }

  /** Ends an intent after a failure, which stays the one that is reported. */
  private void endFailed(long sequence, Throwable failure) {
    try {
      journal.end(sequence, Outcome.FAILED);
    } catch (Throwable e) {
      failure.addSuppressed(e);
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
