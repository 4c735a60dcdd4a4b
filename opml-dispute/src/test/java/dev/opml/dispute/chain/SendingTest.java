package dev.opml.dispute.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SendingTest {
  private static final TransactionHash HASH = new TransactionHash(new Bytes32(1, 2, 3, 4));
  private static final Receipt RECEIPT =
      new Receipt(new BlockHash(new Bytes32(5, 6, 7, 8)), 9, 21_000, Wei.gwei(1));
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final FakeTime time = new FakeTime();
  private int looks;

  /** Time that passes only by pauses. */
  private static final class FakeTime implements Sending.Time {
    private long now;
    private long longest;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void pass(long nanos) {
      now += nanos;
      longest = Math.max(longest, nanos);
    }
  }

  /** The same outcome for {@code seconds}, and then inclusion. */
  private Function<TransactionHash, TransactionOutcome> includedAfter(
      long seconds, Function<TransactionHash, TransactionOutcome> before) {
    return hash -> {
      looks++;
      return time.now < Duration.ofSeconds(seconds).toNanos()
          ? before.apply(hash)
          : new TransactionOutcome.Included(RECEIPT);
    };
  }

  private static Sending sent() {
    return Sending.of(HASH, () -> {});
  }

  private static Sending failed() {
    return Sending.of(
        HASH,
        () -> {
          throw new OpmlException("HTTP status 502");
        });
  }

  private static TransactionOutcome unanswered(TransactionHash hash) {
    throw new OpmlException("no answer about " + hash);
  }

  @Test
  void await_slowChain_isPatientAndLooksEachSecond() {
    var outcomes = includedAfter(500, _ -> new TransactionOutcome.Pending());
    assertSame(RECEIPT, sent().await(outcomes, PATIENCE, time));
    assertEquals(Sending.LONGEST_PAUSE.toNanos(), time.longest);
    assertTrue(looks > 500, looks + " looks");
  }

  @Test
  void await_noInclusion_timesOutWithHash() {
    TransactionTimeoutException e =
        assertThrows(
            TransactionTimeoutException.class,
            () -> sent().await(_ -> new TransactionOutcome.Pending(), PATIENCE, time));
    assertEquals(HASH, e.transaction());
    assertEquals(PATIENCE, e.waited());
    assertEquals(PATIENCE.toNanos(), time.now);
    assertTrue(String.valueOf(e.getMessage()).contains(HASH.toString()), e.getMessage());
  }

  @Test
  void await_looksThatFail_goesOn() {
    assertSame(RECEIPT, sent().await(includedAfter(500, SendingTest::unanswered), PATIENCE, time));
    assertSame(
        RECEIPT, failed().await(includedAfter(500, SendingTest::unanswered), PATIENCE, time));
  }

  @Test
  void await_allLooksFail_tellsHashAndFailure() {
    TransactionTimeoutException e =
        assertThrows(
            TransactionTimeoutException.class,
            () -> failed().await(SendingTest::unanswered, PATIENCE, time));
    assertEquals(PATIENCE.toNanos(), time.now);
    assertEquals(
        "no answer about " + HASH, Optional.ofNullable(e.getCause()).orElseThrow().getMessage());
  }

  @Test
  void await_sendingFailedButArrived_isIncluded() {
    var outcomes = includedAfter(500, _ -> new TransactionOutcome.Pending());
    assertSame(RECEIPT, failed().await(outcomes, PATIENCE, time));
  }

  @Test
  void await_sendingFailedAndNobodyKnowsIt_tellsHashAndFailureSoon() {
    TransactionTimeoutException e =
        assertThrows(
            TransactionTimeoutException.class,
            () -> failed().await(_ -> new TransactionOutcome.Unknown(), PATIENCE, time));
    assertEquals(Sending.UNSENT_PATIENCE.toNanos(), time.now);
    assertEquals(HASH, e.transaction());
    assertTrue(String.valueOf(e.getMessage()).contains("HTTP status 502"), e.getMessage());
  }
}
