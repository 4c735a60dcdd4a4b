package dev.opml.dispute.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Runs at most one task a key at a time, so that a stuck one delays only itself. Whatever a task
 * throws is told to the listener and stays its own failure. Thread-safe.
 */
final class Tasks {
  private final Executor workers;
  private final GuardedListener listener;
  private final Set<Object> running = ConcurrentHashMap.newKeySet();

  Tasks(Executor workers, AgentListener listener) {
    this.workers = workers;
    this.listener = GuardedListener.of(listener);
  }

  /**
   * Hands a task to the workers, unless one with an equal key is under way. If they do not take it,
   * the listener is told.
   */
  void start(Object key, Runnable task) {
    try {
      if (running.add(key)) {
        execute(key, task);
      }
    } catch (Throwable e) {
      // An error too, such as a thread that could not be made: the other tasks can still start.
      listener.onFailure(key, e);
    }
  }

  /**
   * Hands over a task that has to run, such as one that closes something: if the workers do not
   * take it, it runs on the calling thread.
   */
  void startOrRun(Object key, Runnable task) {
    try {
      if (running.add(key)) {
        execute(key, task);
      }
    } catch (Throwable e) {
      run(key, task);
    }
  }

  private void execute(Object key, Runnable task) {
    boolean taken = false;
    try {
      workers.execute(() -> {
        try {
          run(key, task);
        } finally {
          running.remove(key);
        }
      });
      taken = true;
    } finally {
      if (!taken) {
        running.remove(key);
      }
    }
  }

  /** Runs a task on the calling thread. */
  void run(Object key, Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      // An error too, such as a stack overflow in one game: the others go on.
      listener.onFailure(key, e);
    }
  }
}
