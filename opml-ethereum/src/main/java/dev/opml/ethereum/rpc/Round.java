package dev.opml.ethereum.rpc;

import dev.opml.dispute.chain.UnknownBlockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One question to several endpoints at once, each on a virtual thread of its own. When it is closed
 * those that have not answered are interrupted.
 */
final class Round<N, T> implements AutoCloseable {
  private static final Duration FOREVER = Duration.ofDays(1);

  private final Function<N, T> question;
  private final boolean here;
  private final List<Thread> threads = new ArrayList<>();
  private final BlockingQueue<Asked<N, T>> replies = new LinkedBlockingQueue<>();
  private int running;

  /** A reply, or what a question throws that is no endpoint's fault. */
  private sealed interface Asked<N, T> {
    record Replied<N, T>(Reply<N, T> reply) implements Asked<N, T> {}

    record Threw<N, T>(Throwable what) implements Asked<N, T> {}
  }

  /**
   * Begins a round.
   *
   * @param here whether endpoints are asked by this thread: there is nothing to gain by others if
   *     there is only one endpoint
   */
  Round(Function<N, T> question, boolean here) {
    this.question = question;
    this.here = here;
  }

  void start(N node) {
    running++;
    if (here) {
      replies.add(asked(node));
    } else {
      threads.add(Thread.startVirtualThread(() -> replies.add(asked(node))));
    }
  }

  private Asked<N, T> asked(N node) {
    try {
      return new Asked.Replied<>(new Reply.Answer<>(node, question.apply(node)));
    } catch (UnknownBlockException | EthereumRpcException e) {
      return new Asked.Replied<>(new Reply.Failure<>(e));
    } catch (Throwable e) {
      return new Asked.Threw<>(e);
    }
  }

  /** Number of endpoints that were asked and whose reply was not taken yet. */
  int running() {
    return running;
  }

  /** The next reply, however long it takes. */
  Optional<Reply<N, T>> next() {
    return next(FOREVER);
  }

  /** The next reply; empty if it takes longer. */
  Optional<Reply<N, T>> next(Duration patience) {
    Asked<N, T> next;
    try {
      next = replies.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      CancellationException cancelled = new CancellationException("interrupted while asking");
      cancelled.initCause(e);
      throw cancelled;
    }
    if (next == null) {
      return Optional.empty();
    }
    running--;
    return switch (next) {
      case Asked.Replied<N, T>(Reply<N, T> reply) -> Optional.of(reply);
      case Asked.Threw<N, T>(RuntimeException e) -> throw e;
      case Asked.Threw<N, T>(Error e) -> throw e;
      case Asked.Threw<N, T>(Throwable e) -> throw new CompletionException(e);
    };
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
