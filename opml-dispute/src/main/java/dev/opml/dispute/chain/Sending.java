package dev.opml.dispute.chain;

import dev.opml.api.OpmlException;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.TransactionHash;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * A transaction that was sent. One whose sending failed may have arrived all the same, so it is
 * looked for like any other.
 *
 * @param hash its hash
 * @param failure what sending it threw, if it did
 */
public record Sending(TransactionHash hash, Optional<OpmlException> failure) {
  /** Longest pause between two looks. */
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** Longest wait for one whose sending failed while every look says that nobody knows it. */
  static final Duration UNSENT_PATIENCE = Duration.ofMinutes(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

  /** Time that passes. */
  interface Time {
    Time REAL =
        new Time() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void pass(long nanos) throws InterruptedException {
            Thread.sleep(Duration.ofNanos(nanos));
          }
        };

    /** Nanoseconds since some moment. */
    long nanos();

    /** Lets some nanoseconds pass. */
    void pass(long nanos) throws InterruptedException;
  }

  /**
   * Sends a transaction.
   *
   * @param send sends it; a failure is kept
   */
  public static Sending of(TransactionHash hash, Runnable send) {
    try {
      send.run();
      return new Sending(hash, Optional.empty());
    } catch (ArbiterRefusedException e) {
      throw e;
    } catch (OpmlException e) {
      return new Sending(hash, Optional.of(e));
    }
  }

  /**
   * Waits until the transaction has taken effect. A look that fails is followed by the next.
   *
   * @param outcomes asks what has become of a transaction
   * @param patience how long at most
   * @throws ArbiterRefusedException if it was refused
   * @throws TransactionReplacedException if another took its nonce
   * @throws TransactionTimeoutException if it took longer, or sending it failed and nobody has
   *     known it for a minute; it may still be included
   * @throws CancellationException if the thread is interrupted, which it then stays
   */
  public Receipt await(Function<TransactionHash, TransactionOutcome> outcomes, Duration patience) {
    return await(outcomes, patience, Time.REAL);
  }

  Receipt await(
      Function<TransactionHash, TransactionOutcome> outcomes, Duration patience, Time time) {
    long start = time.nanos();
    Duration limit =
        failure.isPresent() && UNSENT_PATIENCE.compareTo(patience) < 0 ? UNSENT_PATIENCE : patience;
    long pause = FIRST_PAUSE.toNanos();
    while (true) {
      Optional<OpmlException> last = failure;
      try {
        switch (outcomes.apply(hash)) {
          case TransactionOutcome.Included(var receipt) -> {
            return receipt;
          }
          case TransactionOutcome.Reverted(var refusal, _) -> throw refusal;
          case TransactionOutcome.Replaced(var by) ->
              throw new TransactionReplacedException(hash, by);
          case TransactionOutcome.Pending _ -> limit = patience;
          case TransactionOutcome.Unknown _ -> {}
        }
      } catch (ArbiterRefusedException | TransactionReplacedException e) {
        throw e;
      } catch (OpmlException e) {
        limit = patience;
        last = Optional.of(e);
      }
      long left = limit.toNanos() - (time.nanos() - start);
      if (left <= 0) {
        throw new TransactionTimeoutException(hash, limit, last.orElse(null));
      }
      pass(Math.min(left, pause), time);
      pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
    }
  }

  private void pass(long nanos, Time time) {
    try {
      time.pass(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for transaction " + hash);
    }
  }
}
