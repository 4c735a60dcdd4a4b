package dev.opml.dispute.agent;

import java.time.Duration;

/** Polls an agent again and again on a virtual thread of its own. */
public final class AgentLoop implements AutoCloseable {
  private final Thread thread;

  private AgentLoop(Thread thread) {
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
    Thread thread =
        Thread.ofVirtual().name("opml-agent").start(() -> loop(agent, interval, listener));
    return new AgentLoop(thread);
  }

  private static void loop(Agent agent, Duration interval, AgentListener listener) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        agent.poll();
      } catch (RuntimeException e) {
        listener.onFailure(agent, e);
      }
      try {
        Thread.sleep(interval);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Stops polling and waits for the round under way. The agent is not closed. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
