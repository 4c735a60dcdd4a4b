package dev.opml.dispute.agent;

import dev.opml.api.trace.Trace;
import dev.opml.dispute.RequestId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps the traces of requests with games open. A cache only: a trace that was dropped is made
 * anew, with the same content. Making one trace delays only who wants the same one. Thread-safe.
 */
final class TraceCache implements AutoCloseable {
  private final Map<RequestId, Entry> entries = new HashMap<>();

  /** A trace, and how many use it or wait for it; guarded by the cache. */
  private static final class Entry {
    final CompletableFuture<Trace> trace = new CompletableFuture<>();
    int users;
  }

  <T> T use(RequestId request, Supplier<Trace> maker, Function<Trace, T> user) {
    Entry entry;
    boolean mine;
    synchronized (this) {
      mine = !entries.containsKey(request);
      entry = entries.computeIfAbsent(request, _ -> new Entry());
      entry.users++;
    }
    try {
      if (mine) {
        make(request, entry, maker);
      }
      return user.apply(entry.trace.join());
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } finally {
      synchronized (this) {
        entry.users--;
      }
    }
  }

  private void make(RequestId request, Entry entry, Supplier<Trace> maker) {
    try {
      entry.trace.complete(maker.get());
    } catch (Throwable e) {
      // Errors, too: others may be waiting for this trace.
      synchronized (this) {
        entries.remove(request, entry);
      }
      entry.trace.completeExceptionally(e);
    }
  }

  /**
   * Drops the traces of all other requests, but for those in use: perhaps for the move that opens a
   * game.
   *
   * @return what was dropped, for the caller to close
   */
  synchronized List<Trace> retain(Set<RequestId> needed) {
    List<Trace> dropped = new ArrayList<>();
    entries
        .entrySet()
        .removeIf(e -> {
          boolean drop = e.getValue().users == 0 && !needed.contains(e.getKey());
          if (drop) {
            dropped.add(e.getValue().trace.join());
          }
          return drop;
        });
    return dropped;
  }

  @Override
  public void close() {
    retain(Set.of()).forEach(Trace::close);
  }
}
