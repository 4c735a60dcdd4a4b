package dev.opml.vm.executor;

import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.cache.CachePolicy;
import dev.opml.vm.gguf.GgufLimits;

/**
 * How a model is opened. Only the context limit and the mode are part of the model's identity.
 *
 * @param engine what computes
 * @param threads number of threads, 1 to {@value #MAX_THREADS}; more than there are processors make
 *     nothing faster
 * @param contextLimit the publisher's context limit, or 0 for the file's context length, at most
 *     8192
 * @param mode how the graph is cut into nodes
 * @param cache where files are kept that spare work when the model is opened again
 * @param limits what the file may ask of its reader
 * @param progress is told how far opening has come, and may cancel it
 */
public record ExecutorOptions(
    EngineKind engine,
    int threads,
    int contextLimit,
    GraphMode mode,
    CachePolicy cache,
    GgufLimits limits,
    InferenceListener progress) {
  /** Most threads. */
  public static final int MAX_THREADS = 1024;

  /**
   * Vector engine, all processors, default context limit, one node a graph row, and nothing kept on
   * disk: a library writes no files that nobody asked for, and trusts none that it finds. A large
   * model is then hashed, and its weights packed into memory, whenever it is opened.
   */
  public static final ExecutorOptions DEFAULT =
      new ExecutorOptions(
          EngineKind.VECTOR,
          Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS),
          0,
          GraphMode.ROW_PER_NODE,
          CachePolicy.off(),
          GgufLimits.DEFAULT,
          InferenceListener.NONE);

  /** Checks the ranges above. */
  public ExecutorOptions {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads must be 1 to %d, got %d".formatted(MAX_THREADS, threads));
    }
    if (contextLimit != 0 && contextLimit < 2) {
      throw new IllegalArgumentException("contextLimit must be 0 or at least 2: " + contextLimit);
    }
  }

  /** With another engine. */
  public ExecutorOptions withEngine(EngineKind value) {
    return new ExecutorOptions(value, threads, contextLimit, mode, cache, limits, progress);
  }

  /** With another number of threads. */
  public ExecutorOptions withThreads(int value) {
    return new ExecutorOptions(engine, value, contextLimit, mode, cache, limits, progress);
  }

  /** With another context limit. */
  public ExecutorOptions withContextLimit(int value) {
    return new ExecutorOptions(engine, threads, value, mode, cache, limits, progress);
  }

  /** With another graph mode. */
  public ExecutorOptions withMode(GraphMode value) {
    return new ExecutorOptions(engine, threads, contextLimit, value, cache, limits, progress);
  }

  /** With files kept elsewhere, or not at all. */
  public ExecutorOptions withCache(CachePolicy value) {
    return new ExecutorOptions(engine, threads, contextLimit, mode, value, limits, progress);
  }

  /** With other limits of the file. */
  public ExecutorOptions withLimits(GgufLimits value) {
    return new ExecutorOptions(engine, threads, contextLimit, mode, cache, value, progress);
  }

  /** With another listener. */
  public ExecutorOptions withProgress(InferenceListener value) {
    return new ExecutorOptions(engine, threads, contextLimit, mode, cache, limits, value);
  }
}
