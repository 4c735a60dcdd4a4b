package dev.opml.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how long engines take to open models; benchmarks/README.md has examples. */
@Command(
    name = "LoadCommand",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Opens models with this engine and llama.cpp in turns, each time in a new process that runs "
            + "two prompts of one token and generates two, and prints seconds from start to end and "
            + "the most anonymous memory on the way: what does not come from the page cache.")
public final class LoadCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "MODEL", description = "GGUF files.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private List<Path> models;

  @Option(names = "--opml", paramLabel = "PROGRAM", description = "Default: ${DEFAULT-VALUE}.")
  private Path opml = Path.of("./opml");

  @Option(names = "--llama-bench", paramLabel = "PROGRAM", description = "Default: none.")
  private @Nullable Path llamaBench;

  @Option(names = "--threads", paramLabel = "N", description = "Default: one for each processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--rounds", paramLabel = "R", description = "Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  private LoadCommand() {}

  /** Measures what the arguments describe. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // figures look the same everywhere
    System.exit(new CommandLine(new LoadCommand()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Engine> engines = new ArrayList<>(List.of(new OpmlEngine(opml, 0)));
    if (llamaBench != null) {
      engines.add(new LlamaBenchEngine(llamaBench));
    }
    System.out.print("| model | engine | seconds | anonymous MB |\n|---|---|--:|--:|\n");
    for (Path model : models) {
      for (int round = 0; round < rounds; round++) {
        for (Engine engine : engines) {
          ChildProcess.Cost cost =
              ChildProcess.cost(engine.command(new Workload(model, 1, 1, threads, 1)));
          System.out.printf(
              "| %s | %s | %.2f | %.0f |%n",
              model.getFileName(), engine.name(), cost.seconds(), cost.anonymousBytes() / 1e6);
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }
}
