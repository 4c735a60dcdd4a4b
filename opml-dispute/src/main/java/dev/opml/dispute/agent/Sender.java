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
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.journal.PendingIntent;

/** Sends transactions, each written to the journal before. */
final class Sender {
  private final AgentContext context;

  /**
   * Clears the journal of intents from before a crash, by looking whether the chain shows their
   * effect.
   */
  Sender(AgentContext context) {
    this.context = context;
    for (PendingIntent pending : context.journal().pending()) {
      context
          .journal()
          .end(
              pending.sequence(),
              applied(pending.intent()) ? Outcome.FOUND_APPLIED : Outcome.FOUND_MISSING);
    }
  }

  /** Sends; a refusal is reported, not thrown: the next round looks at the chain again. */
  void send(Intent intent, Runnable transaction) {
    long sequence = context.journal().begin(intent);
    try {
      transaction.run();
    } catch (ArbiterRefusedException refusal) {
      context.listener().onRefused(intent, refusal);
      context.journal().end(sequence, Outcome.REFUSED);
      return;
    } catch (Throwable e) {
      endFailed(sequence, e);
      throw e;
    }
    context.listener().onAccepted(intent);
    context.journal().end(sequence, Outcome.ACCEPTED);
  }

  /** Ends an intent after a failure, which stays the one that is reported. */
  private void endFailed(long sequence, Throwable failure) {
    try {
      context.journal().end(sequence, Outcome.FAILED);
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
