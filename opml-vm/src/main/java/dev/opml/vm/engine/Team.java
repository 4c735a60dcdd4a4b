package dev.opml.vm.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that share the tasks of one operator after another. Workers spin for a moment
 * between operators, because an operator takes microseconds, and then park. Which thread takes
 * which task has no influence on results.
 */
final class Team implements AutoCloseable {
  /** A task of an operator. */
  @FunctionalInterface
  interface Task {
    /**
     * Runs one task.
     *
     * @param worker number of the thread, 0 to {@link Team#size()}, exclusive
     * @param index number of the task
     */
    void run(int worker, int index);
  }

  private static final int SPINS = 2000;

  private final List<Thread> workers = new ArrayList<>();
  private volatile @Nullable Job current;
  private volatile boolean closed;

  /** Starts {@code size - 1} daemon threads; the caller of {@link #run} is the last member. */
  Team(int size) {
    for (int i = 1; i < size; i++) {
      int worker = i;
      workers.add(Thread.ofPlatform().daemon().name("opml-engine-" + i).start(() -> serve(worker)));
    }
  }

  /** Number of members. */
  int size() {
    return workers.size() + 1;
  }

  /**
   * Runs tasks 0 to {@code tasks}, exclusive, and returns when all are done; what they wrote is
   * visible to the caller.
   */
  synchronized void run(int tasks, Task task) {
    if (tasks <= 1 || workers.isEmpty()) {
      for (int i = 0; i < tasks; i++) {
        task.run(0, i);
      }
      return;
    }
    Job job = new Job(tasks, task);
    current = job;
    workers.forEach(LockSupport::unpark);
    job.help(0);
    job.await();
    current = null;
  }

  private void serve(int worker) {
    Job last = null;
    int idle = 0;
    while (!closed) {
      Job job = current;
      if (job != null && job != last) {
        job.help(worker);
        last = job;
        idle = 0;
      } else if (++idle < SPINS) {
        Thread.onSpinWait();
      } else {
        last = null;
        LockSupport.park(this);
      }
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closed = true;
    workers.forEach(LockSupport::unpark);
  }

  private static final class Job {
    private final int tasks;
    private final Task task;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(int tasks, Task task) {
      this.tasks = tasks;
      this.task = task;
    }

    void help(int worker) {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        try {
          task.run(worker, i);
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        } finally {
          if (done.incrementAndGet() == tasks) {
            LockSupport.unpark(caller);
          }
        }
      }
    }

    void await() {
      for (int spins = 0; done.get() < tasks; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      switch (failure.get()) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
    }
  }
}
