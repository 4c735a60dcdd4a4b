package dev.opml.vm.executor;

import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.image.ModelTreeCache;

/**
 * How a model is opened. Only the context limit and the mode are part of the model's identity.
 *
 * @param engine what computes
 * @param threads number of threads, at least 1
 * @param contextLimit the publisher's context limit, or 0 for the file's context length clamped to
 *     512 … 8192
 * @param mode how the graph is cut into nodes
 * @param treeCache whether a large model's tree is kept on disk beside it; see {@link
 *     ModelTreeCache} what that trusts
 * @param progress is told how far opening has come
 */
public record ExecutorOptions(
    EngineKind engine,
    int threads,
    int contextLimit,
    GraphMode mode,
    boolean treeCache,
    InferenceListener progress) {
  /** Vector engine, all processors, default context limit, one node a graph row, cached tree. */
  public static final ExecutorOptions DEFAULT =
      new ExecutorOptions(
          EngineKind.VECTOR,
          Runtime.getRuntime().availableProcessors(),
          0,
          GraphMode.ROW_PER_NODE,
          true,
          InferenceListener.NONE);

  /** Checks the ranges above. */
  public ExecutorOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + threads);
    }
    if (contextLimit != 0 && contextLimit < 2) {
      throw new IllegalArgumentException("contextLimit must be 0 or at least 2: " + contextLimit);
    }
  }

  /** With another engine. */
  public ExecutorOptions withEngine(EngineKind value) {
    return new ExecutorOptions(value, threads, contextLimit, mode, treeCache, progress);
  }

  /** With another number of threads. */
  public ExecutorOptions withThreads(int value) {
    return new ExecutorOptions(engine, value, contextLimit, mode, treeCache, progress);
  }

  /** With another context limit. */
  public ExecutorOptions withContextLimit(int value) {
    return new ExecutorOptions(engine, threads, value, mode, treeCache, progress);
  }

  /** With another graph mode. */
  public ExecutorOptions withMode(GraphMode value) {
    return new ExecutorOptions(engine, threads, contextLimit, value, treeCache, progress);
  }

  /** With the model's tree kept on disk, or not. */
  public ExecutorOptions withTreeCache(boolean value) {
    return new ExecutorOptions(engine, threads, contextLimit, mode, value, progress);
  }

  /** With another listener. */
  public ExecutorOptions withProgress(InferenceListener value) {
    return new ExecutorOptions(engine, threads, contextLimit, mode, treeCache, value);
  }
}
