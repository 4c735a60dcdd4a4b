package dev.opml.examples.cli;

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

  /** How a command opens a model; each number is checked by itself, so that an error names it. */
  ExecutorOptions checkedOptions(Subcommand command) {
    command.checked("--threads", () -> ExecutorOptions.DEFAULT.withThreads(threads));
    command.checked("--context", () -> ExecutorOptions.DEFAULT.withContextLimit(contextLimit));
    return command.checked(() ->
        ExecutorOptions.DEFAULT
            .withEngine(engine)
            .withThreads(threads)
            .withContextLimit(contextLimit)
            .withCache(cache.policy())
            .withProgress(command.progressListener()));
  }
}
