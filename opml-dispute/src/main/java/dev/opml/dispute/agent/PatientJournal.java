package dev.opml.dispute.agent;

import dev.opml.dispute.ClaimId;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.JournalException;
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.journal.PendingIntent;
import dev.opml.dispute.journal.SealedAnswer;
import dev.opml.dispute.journal.SentTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A journal that is waited for a while only, so that a disk that hangs stops no game. A line that
 * took too long may still be written later. Thread-safe.
 */
final class PatientJournal implements Journal {
  /** Less than what a clock allows for each move, and longer than a busy disk takes. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Journal journal;
  private final Patience patience;

  PatientJournal(Journal journal, Duration patience) {
    this.journal = journal;
    this.patience =
        new Patience("opml-journal", patience, () -> new JournalException("the journal hangs"));
  }

  @Override
  public long begin(Intent intent) {
    return patience.call(() -> journal.begin(intent));
  }

  @Override
  public void sent(long sequence, SentTransaction transaction) {
    run(() -> journal.sent(sequence, transaction));
  }

  @Override
  public void end(long sequence, Outcome outcome) {
    run(() -> journal.end(sequence, outcome));
  }

  @Override
  public void keep(SealedAnswer answer) {
    run(() -> journal.keep(answer));
  }

  @Override
  public void drop(ClaimId claim) {
    run(() -> journal.drop(claim));
  }

  @Override
  public List<PendingIntent> pending() {
    return journal.pending();
  }

  @Override
  public Optional<SealedAnswer> kept(ClaimId claim) {
    return journal.kept(claim);
  }

  @Override
  public List<SealedAnswer> kept() {
    return journal.kept();
  }

  /** The journal belongs to whoever made it. */
  @Override
  public void close() {}

  private void run(Runnable write) {
    boolean _ =
        patience.call(() -> {
          write.run();
          return true;
        });
  }
}
