package dev.opml.dispute.agent;

import dev.opml.dispute.ClaimId;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.JournalException;
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.journal.PendingIntent;
import dev.opml.dispute.journal.SealedAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A journal that is waited for a while only, so that a disk that hangs stops no game. Each line is
 * written on a thread of its own, one at a time; while one hangs, the others fail at once. A line
 * that took too long may still be written later. Thread-safe.
 */
final class PatientJournal implements Journal {
  /** Less than what a clock allows for each move, and longer than a busy disk takes. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Journal journal;
  private final long patience;
  private final Semaphore free = new Semaphore(1);

  /** The line that took too long last. */
  private volatile @Nullable FutureTask<?> late;

  PatientJournal(Journal journal, Duration patience) {
    this.journal = journal;
    this.patience = patience.toNanos();
  }

  @Override
  public long begin(Intent intent) {
    return call(() -> journal.begin(intent));
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
        call(() -> {
          write.run();
          return true;
        });
  }

  private <T> T call(Supplier<T> write) {
    long end = System.nanoTime() + patience;
    if (!enter(end)) {
      throw new JournalException("the journal hangs");
    }
    FutureTask<T> line = new FutureTask<>(() -> written(write));
    boolean started = false;
    try {
      Thread.ofPlatform().daemon().name("opml-journal").start(line);
      started = true;
    } finally {
      if (!started) {
        free.release();
      }
    }
    return await(line, end);
  }

  private <T> T written(Supplier<T> write) {
    try {
      return write.get();
    } finally {
      free.release();
    }
  }

  private boolean enter(long end) {
    FutureTask<?> hanging = late;
    if (hanging != null && !hanging.isDone()) {
      return false;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return free.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      keepInterrupt(interrupted);
    }
  }

  private <T> T await(FutureTask<T> line, long end) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return line.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      late = line;
      throw new JournalException("the journal hangs");
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } finally {
      keepInterrupt(interrupted);
    }
  }

  private static void keepInterrupt(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exception that a journal threw, as it is; throws its error. */
  private static RuntimeException unchecked(@Nullable Throwable thrown) {
    return switch (thrown) {
      case RuntimeException exception -> exception;
      case Error error -> throw error;
      case null, default -> new IllegalStateException("a journal throws what it must not", thrown);
    };
  }
}
