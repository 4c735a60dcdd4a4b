package dev.opml.dispute.agent;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.RequestId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the traces of requests, as many as its limits allow beside those in use. A cache only: a
 * trace that was dropped is made anew, with the same content. Thread-safe.
 */
final class TraceCache {
  private final TraceLimits limits;
  private final Consumer<Trace> closer;
  private final Map<RequestId, Entry> entries = new HashMap<>();

  /** A trace that is kept; guarded by the cache. */
  private static final class Entry {
    final Trace trace;

    /** Until when it is needed: the later, the less. */
    long until;

    int users;

    /** Whether it is to be closed once nobody uses it. */
    boolean dropped;

    Entry(Trace trace, long until) {
      this.trace = trace;
      this.until = until;
    }
  }

  /**
   * Makes an empty one.
   *
   * @param closer closes what is dropped
   */
  TraceCache(TraceLimits limits, Consumer<Trace> closer) {
    this.limits = limits;
    this.closer = closer;
  }

  /** Whether the trace of a request is kept. */
  synchronized boolean has(RequestId request) {
    return entries.containsKey(request);
  }

  /** Keeps a trace that a game needs until a time; those that are needed later make room. */
  void keep(RequestId request, long until, Trace trace) {
    Entry entry = new Entry(trace, until);
    add(request, entry);
    // Not the new one, whatever its time: else it would be made again and again for nothing.
    trim(entry);
  }

  /** Keeps a trace that no game needs yet, if there is room. */
  void keepIfRoom(RequestId request, Trace trace) {
    add(request, new Entry(trace, Long.MAX_VALUE));
    trim(null);
  }

  private void add(RequestId request, Entry entry) {
    Entry known;
    synchronized (this) {
      known = entries.putIfAbsent(request, entry);
    }
    if (known != null) {
      closer.accept(entry.trace);
    }
  }

  /**
   * Gives {@code user} the trace of a request.
   *
   * @return empty if it is not kept
   */
  <T> Optional<T> use(RequestId request, Function<Trace, T> user) {
    Entry entry = enter(request);
    if (entry == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(user.apply(entry.trace));
    } catch (Error e) {
      // It may have left the trace half computed.
      drop(request, entry);
      throw e;
    } finally {
      leave(entry);
    }
  }

  private synchronized @Nullable Entry enter(RequestId request) {
    Entry entry = entries.get(request);
    if (entry != null) {
      entry.users++;
    }
    return entry;
  }

  private synchronized void drop(RequestId request, Entry entry) {
    entry.dropped = true;
    entries.remove(request, entry);
  }

  private void leave(Entry entry) {
    boolean close;
    synchronized (this) {
      entry.users--;
      close = entry.dropped && entry.users == 0;
    }
    if (close) {
      closer.accept(entry.trace);
    }
  }

  /**
   * Drops the traces of all other requests, but for those in use: perhaps for the move that opens a
   * game.
   *
   * @param needed until when each is needed
   */
  void retain(Map<RequestId, Long> needed) {
    List<Trace> dropped = new ArrayList<>();
    synchronized (this) {
      entries.forEach(
          (request, entry) -> entry.until = needed.getOrDefault(request, Long.MAX_VALUE));
      entries
          .entrySet()
          .removeIf(it -> {
            boolean drop = it.getValue().users == 0 && !needed.containsKey(it.getKey());
            if (drop) {
              dropped.add(it.getValue().trace);
            }
            return drop;
          });
    }
    dropped.forEach(closer);
    trim(null);
  }

  /** Drops what is needed last until the limits hold, or only one is left. */
  private void trim(@Nullable Entry spared) {
    List<Trace> dropped = new ArrayList<>();
    synchronized (this) {
      List<Map.Entry<RequestId, Entry>> idle =
          new ArrayList<>(
              entries.entrySet().stream().filter(it -> it.getValue().users == 0).toList());
      idle.sort(
          Comparator.<Map.Entry<RequestId, Entry>, Boolean>comparing(it -> it.getValue() != spared)
              .thenComparingLong(it -> it.getValue().until));
      long bytes =
          idle.stream().mapToLong(it -> TraceLimits.bytes(it.getValue().trace.length())).sum();
      while (idle.size() > 1 && !limits.allow(idle.size(), bytes)) {
        Map.Entry<RequestId, Entry> last = idle.removeLast();
        bytes -= TraceLimits.bytes(last.getValue().trace.length());
        entries.remove(last.getKey());
        dropped.add(last.getValue().trace);
      }
    }
    dropped.forEach(closer);
  }

  /** Number of traces that are kept or in use. */
  synchronized int size() {
    return entries.size();
  }
}
