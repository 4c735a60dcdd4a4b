package dev.opml.merkle.internal;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hashes all pages of a piece of memory, on one or several threads that take chunks of pages in
 * turn.
 */
final class PageBuild {
  /** Pages between two reports of progress, and between two looks at what the other threads do. */
  static final int CHUNK_PAGES = 256;

  private final MemorySegment data;
  private final LongConsumer progress;
  private final int pages;
  private final long[] roots;
  private final AtomicInteger nextChunk = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private long done;

  PageBuild(MemorySegment data, LongConsumer progress) {
    this.data = data;
    this.progress = progress;
    this.pages = pages(data.byteSize());
    this.roots = LevelHasher.newLevel(pages, PageHasher.HEIGHT);
  }

  /** Number of pages that {@code bytes} reach into. */
  static int pages(long bytes) {
    return Math.toIntExact((bytes + PageHasher.SIZE - 1) / PageHasher.SIZE);
  }

  /**
   * Returns the pages' roots as {@link LevelHasher#newLevel} lays them out. What a thread throws is
   * thrown here.
   */
  long[] run(int threads) {
    KeccakLanes kernel = KeccakProvider.lanes(2L * PageHasher.LEAVES * pages);
    // Closing the executor waits for its threads, so that they never outlive the caller's hold on
    // the data.
    try (ExecutorService others =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("opml-merkle-", 1).factory())) {
      for (int thread = 1; thread < threads; thread++) {
        others.execute(() -> work(kernel));
      }
      work(kernel);
    }
    return switch (failure.get()) {
      case null -> roots;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException("undeclared checked exception", e);
    };
  }

  private void work(KeccakLanes kernel) {
    try {
      PageHasher hasher = new PageHasher(kernel);
      long[] offsets = new long[CHUNK_PAGES];
      int chunks = (pages + CHUNK_PAGES - 1) / CHUNK_PAGES;
      for (int chunk; failure.get() == null && (chunk = nextChunk.getAndIncrement()) < chunks; ) {
        hashChunk(hasher, chunk * CHUNK_PAGES, offsets);
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void hashChunk(PageHasher hasher, int first, long[] offsets) {
    int count = Math.min(CHUNK_PAGES, pages - first);
    for (int page = 0; page < count; page++) {
      offsets[page] = (long) (first + page) * PageHasher.SIZE;
    }
    hasher.hash(data, offsets, count, roots, first, null);
    long start = (long) first * PageHasher.SIZE;
    report(Math.min((long) count * PageHasher.SIZE, data.byteSize() - start));
  }

  private synchronized void report(long bytes) {
    done += bytes;
    progress.accept(done);
  }
}
