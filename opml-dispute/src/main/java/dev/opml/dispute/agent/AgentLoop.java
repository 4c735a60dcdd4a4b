package dev.opml.dispute.agent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Polls an agent again and again on a daemon thread of its own. Only {@link #close} ends it: no
 * exception or error of a round or of the listener does, and neither does an interrupt of the
 * thread, which belongs to the loop. What is interrupted in a round may fail; the next round starts
 * after its pause, and not interrupted.
 */
public final class AgentLoop implements AutoCloseable {
  private final Agent agent;
  private final long interval;
  private final GuardedListener listener;
  private final Thread thread;
  private volatile boolean closing;

  /** Fails in all that it does. */
  private static final class Rehearsal implements Agent, AgentListener {
    @Override
    public void poll() {
      throw new IllegalStateException("a rehearsal");
    }

    @Override
    public void onFailure(Object what, Throwable failure) {
      throw new IllegalStateException(failure);
    }

    @Override
    public void close() {}
  }

  private AgentLoop(Agent agent, long interval, GuardedListener listener) {
    this.agent = agent;
    this.interval = interval;
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon().name("opml-agent").unstarted(this::run);
  }

  /**
   * Starts polling.
   *
   * @param interval pause between rounds; one of more than 292 years is as long as that
   * @param listener is told when a round fails, for instance because the chain cannot be reached or
   *     memory is exhausted; the loop goes on
   */
  public static AgentLoop start(Agent agent, Duration interval, AgentListener listener) {
    AgentLoop loop =
        new AgentLoop(agent, TimeUnit.NANOSECONDS.convert(interval), GuardedListener.of(listener));
    loop.thread.start();
    return loop;
  }

  private void run() {
    // What a failing round needs is loaded now: it could not be while memory is exhausted.
    Rehearsal rehearsal = new Rehearsal();
    round(rehearsal, 1, GuardedListener.of(rehearsal));
    do {
      round(agent, interval, listener);
    } while (!closing);
  }

  private void round(Agent agent, long interval, GuardedListener listener) {
    try {
      agent.poll();
    } catch (Throwable e) {
      listener.onFailure(agent, e);
    }
    pause(interval);
  }

  /**
   * Waits without using memory, which may be exhausted: a virtual thread might not be woken, and a
   * latch that cannot allocate its queue waits without a time limit.
   */
  private void pause(long interval) {
    long end = System.nanoTime() + interval;
    for (long left = interval; left > 0 && !closing; left = end - System.nanoTime()) {
      var _ = Thread.interrupted(); // else parking would return at once
      LockSupport.parkNanos(left);
    }
  }

  /**
   * Stops polling and waits for the round under way, unless it is this round that calls. An
   * interrupt does not end the wait, and is kept. The agent is not closed.
   */
  @Override
  public void close() {
    // Not by an interrupt, which would make the round fail half way.
    closing = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread != HandOver.origin() && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
