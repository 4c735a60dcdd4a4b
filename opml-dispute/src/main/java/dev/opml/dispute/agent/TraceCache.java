package dev.opml.dispute.agent;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the traces of requests with games open. A cache only: a trace that was dropped, or could
 * not be made, is made anew, with the same content. Making one trace delays only who wants the same
 * one. Thread-safe.
 */
final class TraceCache {
  private final List<Entry> entries = new ArrayList<>();

  /** A trace, and how many use it or wait for it. */
  private static final class Entry {
    final RequestId request;

    /** Null until it is made; guarded by the entry while there are users. */
    @Nullable Trace trace;

    /** Guarded by the cache. */
    int users;

    /** Whether an error may have left the trace half computed; guarded by the cache. */
    boolean broken;

    Entry(RequestId request) {
      this.request = request;
    }

    synchronized Trace trace(Supplier<Trace> maker) {
      if (trace == null) {
        trace = maker.get();
      }
      return trace;
    }
  }

  /** Gives {@code user} the trace of a request, made by {@code maker} if there is none. */
  <T> T use(RequestId request, Supplier<Trace> maker, Function<Trace, T> user) {
    Entry entry = enter(request);
    boolean broken = false;
    try {
      return user.apply(entry.trace(maker));
    } catch (Error e) {
      broken = true;
      throw e;
    } finally {
      leave(entry, broken);
    }
  }

  private synchronized Entry enter(RequestId request) {
    Entry entry = find(request);
    if (entry == null) {
      entry = new Entry(request);
      entries.add(entry);
    }
    entry.users++;
    return entry;
  }

  private @Nullable Entry find(RequestId request) {
    for (Entry entry : entries) {
      if (entry.request.equals(request) && !entry.broken) {
        return entry;
      }
    }
    return null;
  }

  private synchronized void leave(Entry entry, boolean broken) {
    entry.users--;
    entry.broken |= broken;
  }

  /**
   * Drops the traces of all other requests and those that an error broke, but for those in use:
   * perhaps for the move that opens a game.
   *
   * @return what was dropped, for the caller to close
   */
  synchronized List<Trace> retain(Set<RequestId> needed) {
    List<Trace> dropped = new ArrayList<>();
    entries.removeIf(entry -> {
      boolean drop = entry.users == 0 && (entry.broken || !needed.contains(entry.request));
      if (drop && entry.trace != null) {
        dropped.add(entry.trace);
      }
      return drop;
    });
    return dropped;
  }
}
