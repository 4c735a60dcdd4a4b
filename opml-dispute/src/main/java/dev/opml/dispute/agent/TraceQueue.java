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
   * @param start tries it again once the trace is there
   */
  record Waiting(GameId game, RequestView request, long until, Runnable start) {}

  synchronized void add(Waiting waiting) {
    all.put(waiting.game(), waiting);
  }

  /** All that wait, those first whose time ends first. */
  synchronized List<Waiting> all() {
    return all.values().stream().sorted(Comparator.comparingLong(Waiting::until)).toList();
  }

  /** {@link #all()}, and forgets them: what still waits says so in each round. */
  synchronized List<Waiting> next() {
    List<Waiting> next = all();
    all.clear();
    return next;
  }
}
