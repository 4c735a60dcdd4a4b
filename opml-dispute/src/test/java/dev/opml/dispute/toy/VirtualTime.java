package dev.opml.dispute.toy;

import dev.opml.dispute.local.ManualBlocks;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Time that passes only when nothing can be done any more. Tasks run on threads of their own, but
 * one at a time, in an order that depends on nothing else, until each ends or {@linkplain #pass
 * spends} time.
 */
public final class VirtualTime implements Executor {
  private final ManualBlocks blocks;
  private final Queue<Strand> ready = new ArrayDeque<>();
  private final Queue<Strand> sleeping =
      new PriorityQueue<>(
          Comparator.<Strand>comparingLong(strand -> strand.wakes)
              .thenComparingLong(strand -> strand.number));
  private final ThreadLocal<Strand> current = new ThreadLocal<>();
  private long strands;

  /** A task with its thread, which runs while the others wait. */
  private final class Strand {
    final Runnable task;
    final Semaphore turn = new Semaphore(0);
    final Semaphore over = new Semaphore(0);
    long wakes;
    long number;
    boolean started;

    Strand(Runnable task) {
      this.task = task;
    }

    /** Lets it run until it waits or ends. */
    void run() {
      if (!started) {
        started = true;
        Thread.ofVirtual().start(this::start);
      } else {
        turn.release();
      }
      over.acquireUninterruptibly();
    }

    private void start() {
      current.set(this);
      try {
        task.run();
      } finally {
        over.release();
      }
    }

    void await() {
      over.release();
      turn.acquireUninterruptibly();
    }
  }

  /** Some slots, of which each computation takes one for a time, in the order asked. */
  public final class Cores {
    private final Queue<Strand> waiting = new ArrayDeque<>();
    private int free;

    /** That many slots. */
    public Cores(int number) {
      this.free = number;
    }

    /** Computes for some seconds, once a slot is free. */
    public void compute(long seconds) {
      Strand strand = current.get();
      if (free > 0) {
        free--;
      } else {
        waiting.add(strand);
        strand.await();
      }
      pass(seconds);
      Strand next = waiting.poll();
      if (next == null) {
        free++;
      } else {
        ready(next);
      }
    }
  }

  /** Begins with the time of a chain. */
  public VirtualTime(ManualBlocks blocks) {
    this.blocks = blocks;
  }

  @Override
  public void execute(Runnable task) {
    ready(new Strand(task));
  }

  private void ready(Strand strand) {
    synchronized (ready) {
      ready.add(strand);
    }
  }

  /** Lets time pass for the task that calls. */
  private void pass(long seconds) {
    Strand strand = current.get();
    strand.wakes = blocks.head().time() + seconds;
    strand.number = strands++;
    sleeping.add(strand);
    strand.await();
  }

  /** Runs all that can be run now. */
  public void settle() {
    for (Strand next = next(); next != null; next = next()) {
      next.run();
    }
  }

  private Strand next() {
    synchronized (ready) {
      return ready.poll();
    }
  }

  /** Advances the chain, and runs what ends meanwhile at its time. */
  public void advance(long seconds) {
    long end = blocks.head().time() + seconds;
    while (!sleeping.isEmpty() && sleeping.peek().wakes <= end) {
      Strand strand = sleeping.remove();
      advanceTo(strand.wakes);
      ready(strand);
      settle();
    }
    advanceTo(end);
  }

  private void advanceTo(long time) {
    long left = time - blocks.head().time();
    if (left > 0) {
      blocks.advance(left);
    }
  }
}
