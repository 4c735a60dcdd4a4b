package dev.opml.dispute.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Polls an agent again and again on a virtual thread of its own. */
public final class AgentLoop implements AutoCloseable {
  private final CountDownLatch closing;
  private final Thread thread;

  private AgentLoop(CountDownLatch closing, Thread thread) {
    this.closing = closing;
    this.thread = thread;
  }

  /**
   * Starts polling.
   *
   * @param interval pause between rounds
   * @param listener is told when a round fails, for instance because the chain cannot be reached;
   *     the loop goes on
   */
  public static AgentLoop start(Agent agent, Duration interval, AgentListener listener) {
    CountDownLatch closing = new CountDownLatch(1);
    Thread thread =
        Thread.ofVirtual().name("opml-agent").start(() -> loop(agent, interval, listener, closing));
    return new AgentLoop(closing, thread);
  }

  private static void loop(
      Agent agent, Duration interval, AgentListener listener, CountDownLatch closing) {
    try {
      do {
        try {
          agent.poll();
        } catch (RuntimeException e) {
          listener.onFailure(agent, e);
        }
      } while (!closing.await(interval.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops polling and waits for the round under way. The agent is not closed. */
  @Override
  public void close() {
    // Not by an interrupt, which would close a file journal in the middle of the round.
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
