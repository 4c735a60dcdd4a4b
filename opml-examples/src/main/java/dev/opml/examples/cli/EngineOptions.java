package dev.opml.examples.cli;

import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.executor.EngineKind;
import dev.opml.vm.executor.ExecutorOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that open a model. Only the context limit is part of its identity. */
final class EngineOptions {
  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description = "vector (default), scalar or guest; all compute the same bytes.")
  private EngineKind engine = EngineKind.VECTOR;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; default: one for each processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "The publisher's context limit, part of the model id; default: the file's context "
              + "length, at most 8192.")
  private int contextLimit;

  @Mixin private CacheOptions cache = new CacheOptions();

  /** Checks each number by itself, so that an error names its option. */
  void check(Subcommand command) {
    command.checked("--threads", () -> ExecutorOptions.DEFAULT.withThreads(threads));
    command.checked("--context", () -> ExecutorOptions.DEFAULT.withContextLimit(contextLimit));
  }

  /**
   * As options of an executor.
   *
   * @throws IllegalArgumentException if they are out of range
   */
  ExecutorOptions toExecutorOptions(InferenceListener progress) {
    return ExecutorOptions.DEFAULT
        .withEngine(engine)
        .withThreads(threads)
        .withContextLimit(contextLimit)
        .withCache(cache.policy())
        .withProgress(progress);
  }
}
