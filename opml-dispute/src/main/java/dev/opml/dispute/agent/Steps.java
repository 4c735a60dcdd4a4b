package dev.opml.dispute.agent;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Runs the parts of a round, each guarded on its own: one that fails is told, the others run. */
final class Steps {
  private final AgentListener listener;

  Steps(AgentListener listener) {
    this.listener = GuardedListener.of(listener);
  }

  /** Runs one part; tells the listener what it throws. */
  void run(Object what, Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      // An error too: what follows in the round may be a move that is due.
      listener.onFailure(what, e);
    }
  }

  /** A filter that leaves out what it fails on, and tells the listener. */
  <T> Predicate<T> orLeave(Predicate<T> filter) {
    return item -> {
      try {
        return filter.test(item);
      } catch (Throwable e) {
        listener.onFailure(item, e);
        return false;
      }
    };
  }

  /**
   * Sorts by urgency, and what has failed before behind what has not, so that it starves nothing.
   *
   * @param failures how often an item has failed
   * @param time the time until which it has to be done; what this fails on goes last
   */
  <T> List<T> mostUrgentFirst(List<T> items, ToLongFunction<T> failures, ToLongFunction<T> time) {
    Map<T, Long> failed = new HashMap<>();
    Map<T, Long> until = new HashMap<>();
    for (T item : items) {
      failed.put(item, failures.applyAsLong(item));
      until.put(item, Long.MAX_VALUE);
      run(item, () -> until.put(item, time.applyAsLong(item)));
    }
    return items.stream()
        .sorted(Comparator.<T, Long>comparing(failed::get).thenComparing(until::get))
        .toList();
  }
}
