package dev.opml.examples.cli;

import dev.opml.vm.cache.CachePolicy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where files are kept that spare work when a model is opened again: by default beside it. */
final class CacheOptions {
  @ArgGroup private @Nullable Choice choice;

  /** One of them at most. */
  private static final class Choice {
    @Option(
        names = "--no-cache",
        description =
            "Neither read nor write the model's tree and packed weights (from 16 MiB on); hash the "
                + "model and pack into memory.")
    private boolean none;

    @Option(
        names = "--cache-dir",
        paramLabel = "DIR",
        description = "Keep them in this folder and not beside the model.")
    private @Nullable Path directory;
  }

  CachePolicy policy() {
    if (choice == null) {
      return CachePolicy.besideModel();
    }
    return choice.none || choice.directory == null
        ? CachePolicy.off()
        : CachePolicy.in(choice.directory);
  }
}
