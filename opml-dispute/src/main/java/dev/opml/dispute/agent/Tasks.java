package dev.opml.dispute.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Runs at most one task a key at a time, so that a stuck one delays only itself. */
final class Tasks {
  private final Executor workers;
  private final AgentListener listener;
  private final Set<Object> running = ConcurrentHashMap.newKeySet();

  Tasks(Executor workers, AgentListener listener) {
    this.workers = workers;
    this.listener = listener;
  }

  void start(Object key, Runnable task) {
    if (!running.add(key)) {
      return;
    }
    try {
      workers.execute(() -> {
        try {
          task.run();
        } catch (Throwable e) {
          // An error too, such as a stack overflow in one game: the others go on.
          listener.onFailure(key, e);
        } finally {
          running.remove(key);
        }
      });
    } catch (RuntimeException e) {
      running.remove(key);
      throw e;
    }
  }
}
