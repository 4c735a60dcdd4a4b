package dev.opml.examples.cli;

import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What the commands about a model share. */
abstract class ModelCommand extends Subcommand {
  @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path model;

  @Mixin private EngineOptions engine = new EngineOptions();

  ModelCommand(Terminal terminal) {
    super(terminal);
  }

  Path model() {
    return model;
  }

  @Override
  Path subject() {
    return model;
  }

  /** Options for opening the model. */
  ExecutorOptions options() {
    return engine.checkedOptions(this);
  }

  GgufExecutor open() {
    return GgufExecutor.open(model, options());
  }
}
