package dev.opml.dispute.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls one after the other, in the order given, on a daemon thread of its own. Who gives one
 * waits until it has been made, but only for a while, and not at all behind one that takes longer.
 * Of those that are not made yet it keeps the newest thousand. Uses monitors only, which need no
 * memory to wait. Thread-safe.
 */
final class Deliveries {
  /** The most that are kept. */
  static final int MOST = 1024;

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final long patience;
  private final long idle;
  private final LongConsumer missed;
  private final ArrayDeque<Delivery> queue = new ArrayDeque<>();
  private @Nullable Thread thread;
  private long dropped;

  /** Whether somebody has given up waiting since the queue was last empty. */
  private boolean late;

  private static final class Delivery {
    final Runnable call;
    boolean over;

    Delivery(Runnable call) {
      this.call = call;
    }
  }

  /**
   * Makes one without calls.
   *
   * @param patience how long who gives a call waits
   * @param missed is told how many calls were dropped, before the next one is made; throws nothing
   */
  Deliveries(Duration patience, LongConsumer missed) {
    this(patience, IDLE, missed);
  }

  /**
   * Makes one whose thread ends after a while without calls.
   *
   * @param idle how long it waits for the next
   */
  Deliveries(Duration patience, Duration idle, LongConsumer missed) {
    this.patience = patience.toMillis();
    this.idle = idle.toMillis();
    this.missed = missed;
  }

  /**
   * Makes a call, now or later.
   *
   * @param call throws nothing
   */
  void give(Runnable call) {
    if (isOwnThread()) {
      call.run(); // a call within a call
      return;
    }
    Delivery delivery = new Delivery(call);
    add(delivery);
    await(delivery);
  }

  private synchronized boolean isOwnThread() {
    return Thread.currentThread() == thread;
  }

  private synchronized void add(Delivery delivery) {
    if (queue.size() == MOST) {
      queue.removeFirst().over = true;
      dropped++;
    }
    queue.addLast(delivery);
    if (thread == null) {
      Thread started = Thread.ofPlatform().daemon().name("opml-listener").unstarted(this::deliver);
      started.start();
      thread = started;
    }
    notifyAll();
  }

  private synchronized void await(Delivery delivery) {
    long end = System.nanoTime() + patience * 1_000_000;
    boolean interrupted = false;
    while (!late && !delivery.over) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        late = true;
        break;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver() {
    Delivery next = next();
    while (next != null) {
      deliver(next);
      next = next();
    }
  }

  private void deliver(Delivery next) {
    try {
      long lost = takeDropped();
      if (lost > 0) {
        missed.accept(lost);
      }
      next.call.run();
    } catch (Throwable e) {
      // Memory is exhausted, perhaps; else this thread would end, and nothing be heard any more.
    } finally {
      end(next);
    }
  }

  /** Waits for the next; ends the thread, by null, if there is none for long. */
  private synchronized @Nullable Delivery next() {
    long end = System.nanoTime() + idle * 1_000_000;
    while (queue.isEmpty()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        thread = null;
        return null;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        // By the listener, perhaps; this thread belongs to the calls that are left.
      }
    }
    return queue.removeFirst();
  }

  private synchronized long takeDropped() {
    long lost = dropped;
    dropped = 0;
    return lost;
  }

  private synchronized void end(Delivery delivery) {
    delivery.over = true;
    late &= !queue.isEmpty();
    notifyAll();
  }
}
