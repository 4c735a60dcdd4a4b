package dev.opml.merkle;

import java.util.function.IntConsumer;

/** Runs tasks that do not depend on each other, on threads of its own or on the caller's. */
@FunctionalInterface
public interface TaskRunner {
  /** Runs one task after the other, on the calling thread. */
  TaskRunner SERIAL =
      (tasks, task) -> {
        for (int i = 0; i < tasks; i++) {
          task.accept(i);
        }
      };

  /**
   * Returns when all tasks are done; they see what the caller wrote before, and it what they wrote.
   *
   * @param tasks how many; each is told its number, from 0
   */
  void run(int tasks, IntConsumer task);
}
