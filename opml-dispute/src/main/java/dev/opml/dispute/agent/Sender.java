package dev.opml.dispute.agent;

import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.journal.PendingIntent;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Sends transactions, each written to the journal before. Without a journal that can be written
 * only seals are not sent, because a bond hangs on what has to be on the disk first. All else may
 * be sent twice and does no harm, and not sending it loses a bond, or lets a false claim become
 * final.
 */
final class Sender {
  private final AgentContext context;
  private final PatientJournal journal;
  private final Backoff<Intent> refusals;

  /**
   * Clears the journal of intents from before a crash, by looking whether the chain shows their
   * effect.
   */
  Sender(AgentContext context) {
    this(context, PatientJournal.PATIENCE);
  }

  /**
   * Makes a sender.
   *
   * @param patience how long it waits for the journal to write a line
   */
  Sender(AgentContext context, Duration patience) {
    this.context = context;
    this.refusals =
        new Backoff<>(
            Backoff.firstPause(context.expected().parameters()),
            context.limits().longestPause().toSeconds());
    this.journal = new PatientJournal(context.journal(), patience);
    for (PendingIntent pending : journal.pending()) {
      end(
          pending.intent(),
          pending.sequence(),
          applied(pending.intent()) ? Outcome.FOUND_APPLIED : Outcome.FOUND_MISSING);
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
    return refusals.allows(intent, context.now());
  }

  /**
   * Sends, if it {@linkplain #maySend may}; a refusal is reported, not thrown: a later round looks
   * at the chain again.
   */
  void send(Intent intent, Runnable transaction) {
    if (!maySend(intent)) {
      return;
    }
    OptionalLong sequence = begin(intent);
    try {
      transaction.run();
    } catch (ArbiterRefusedException refusal) {
      refusals.refused(intent, context.now());
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

  /** Ends an intent; one that stays pending is looked up after a restart. */
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
    Arbiter arbiter = context.arbiter();
    ClaimId claim = new ClaimId(intent.target());
    GameId game = new GameId(intent.target());
    return switch (intent.kind()) {
      case SEAL -> arbiter.claim(claim).isPresent();
      case REVEAL -> arbiter.claim(claim).filter(it -> it.finalRoot().isPresent()).isPresent();
      case EXPIRE -> hasStatus(claim, ClaimStatus.EXPIRED);
      case SETTLE -> hasStatus(claim, ClaimStatus.FINAL);
      case CHALLENGE -> arbiter.game(game).isPresent();
      case MOVE ->
          arbiter
              .game(game)
              .filter(it ->
                  it.status() != GameStatus.OPEN
                      || !it.positionHash().value().equals(intent.answers()))
              .isPresent();
      case TIME_OUT, CLOSE ->
          arbiter.game(game).filter(it -> it.status() != GameStatus.OPEN).isPresent();
      case PAY_FEE ->
          arbiter.request(new RequestId(intent.target())).filter(RequestView::feeGone).isPresent();
      case WITHDRAW -> arbiter.credit(arbiter.account()).isZero();
    };
  }

  private boolean hasStatus(ClaimId id, ClaimStatus status) {
    return context.arbiter().claim(id).filter(it -> it.status() == status).isPresent();
  }
}
