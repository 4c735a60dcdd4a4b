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

  /** Workers that may be parked: a worker that spins need not be woken, which takes a while. */
  private final AtomicInteger parked = new AtomicInteger();

  private volatile @Nullable Job current;
  private volatile boolean closed;

  /** Starts {@code size - 1} daemon threads; the caller of {@link #run} is the last member. */
  Team(int size) {
    try {
      for (int i = 1; i < size; i++) {
        int worker = i;
        workers.add(
            Thread.ofPlatform().daemon().name("opml-engine-" + i).start(() -> serve(worker)));
      }
    } catch (Throwable e) {
      close(); // those that did start
      throw e;
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
      runAlone(tasks, task);
      return;
    }
    Job job = new Job(tasks, task);
    current = job;
    if (parked.get() > 0) {
      workers.forEach(LockSupport::unpark);
    }
    try {
      job.help(0);
      job.await();
    } finally {
      current = null; // or an idle team would keep what the job refers to
    }
  }

  /** Runs tasks on the calling thread, which is worker 0. */
  static void runAlone(int tasks, Task task) {
    for (int i = 0; i < tasks; i++) {
      task.run(0, i);
    }
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
        parked.incrementAndGet();
        // Whoever changes the job from now on sees that this thread is to be woken.
        if (current == job && !closed) {
          LockSupport.park(this);
        }
        parked.decrementAndGet();
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
    private volatile boolean callerParked;

    Job(int tasks, Task task) {
      this.tasks = tasks;
      this.task = task;
    }

    /**
     * Runs tasks until none is left; after a failure, takes them without running them. An error may
     * come late, as that of a mapped file that was cut off, but comes before {@link Task#run} has
     * returned.
     */
    void help(int worker) {
      int mine = 0;
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        try {
          if (failure.get() == null) {
            task.run(worker, i);
          }
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        }
        mine++;
      }
      if (mine > 0 && done.addAndGet(mine) == tasks && callerParked) {
        LockSupport.unpark(caller);
      }
    }

    void await() {
      for (int spins = 0; done.get() < tasks; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          callerParked = true;
          if (done.get() < tasks) {
            LockSupport.park(this);
          }
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
