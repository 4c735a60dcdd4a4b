package dev.opml.dispute.agent;

import dev.opml.api.trace.Trace;
import dev.opml.dispute.RequestId;
import java.util.HashMap;
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

  private static final class Entry {
    final CompletableFuture<Trace> trace = new CompletableFuture<>();
    int users;
    boolean dropped;
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
      release(entry);
    }
  }

  private void make(RequestId request, Entry entry, Supplier<Trace> maker) {
    try {
      entry.trace.complete(maker.get());
    } catch (RuntimeException e) {
      synchronized (this) {
        entries.remove(request, entry);
      }
      entry.trace.completeExceptionally(e);
    }
  }

  private synchronized void release(Entry entry) {
    entry.users--;
    closeIfUnused(entry);
  }

  /** Drops the traces of all other requests; one in use is closed by its last user. */
  synchronized void retain(Set<RequestId> needed) {
    entries
        .entrySet()
        .removeIf(e -> {
          boolean drop = !needed.contains(e.getKey());
          if (drop) {
            e.getValue().dropped = true;
            closeIfUnused(e.getValue());
          }
          return drop;
        });
  }

  private static void closeIfUnused(Entry entry) {
    if (entry.dropped
        && entry.users == 0
        && entry.trace.isDone()
        && !entry.trace.isCompletedExceptionally()) {
      entry.trace.join().close();
    }
  }

  @Override
  public void close() {
    retain(Set.of());
  }
}
