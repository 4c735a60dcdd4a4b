package dev.opml.dispute.agent;

import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.RequestView;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Moves and challenges that wait for a trace. Nothing but a list: no thread waits. Thread-safe. */
final class TraceQueue {
  private final Map<GameId, Waiting> all = new HashMap<>();

  /**
   * A move, or the challenge that opens a game.
   *
   * @param until time of the last second in which it is possible, in seconds since 1970
   * @param seconds that the trace takes
   * @param start tries it again once the trace is there
   */
  record Waiting(GameId game, RequestView request, long until, long seconds, Runnable start) {
    /** Whether a trace that begins now ends too late. */
    boolean isTooLate(long now) {
      return until - now < seconds;
    }
  }

  synchronized void add(Waiting waiting) {
    all.put(waiting.game(), waiting);
  }

  /**
   * All that wait, those first whose time ends first, and last of all those whose trace would end
   * too late: it may take less time than it is thought to, but must not take that of others.
   *
   * @param now in seconds since 1970
   */
  synchronized List<Waiting> all(long now) {
    return all.values().stream()
        .sorted(
            Comparator.<Waiting, Boolean>comparing(it -> it.isTooLate(now))
                .thenComparingLong(Waiting::until))
        .toList();
  }

  /** {@link #all}, and forgets them: what still waits says so in each round. */
  synchronized List<Waiting> next(long now) {
    List<Waiting> next = all(now);
    all.clear();
    return next;
  }
}
