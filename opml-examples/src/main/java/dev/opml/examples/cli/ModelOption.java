package dev.opml.examples.cli;

import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model that a command needs beside other things. */
final class ModelOption {
  @Option(names = "--model", paramLabel = "FILE", required = true, description = "GGUF file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path file;

  @Mixin private EngineOptions engine = new EngineOptions();

  private @Nullable Path subject;

  Path file() {
    return file;
  }

  /** The file while it is opened, for errors that do not name it. */
  @Nullable Path subject() {
    return subject;
  }

  GgufExecutor open(Subcommand command) {
    ExecutorOptions options = engine.checkedOptions(command);
    subject = file;
    GgufExecutor executor = GgufExecutor.open(file, options);
    subject = null;
    return executor;
  }
}
