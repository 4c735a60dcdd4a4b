package dev.opml.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
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

/** Measures engines side by side; benchmarks/README.md has examples. */
@Command(
    name = "SideBySideCommand",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs this engine and others on the same files with the same threads, in turns, each time "
            + "in a new process, and prints a Markdown table of tokens a second and of the ratios "
            + "of this engine's speed to the others'.")
public final class SideBySideCommand implements Callable<Integer> {
  private static final int WARM_UP_SECONDS = 5;

  @Parameters(arity = "1..*", paramLabel = "MODEL", description = "GGUF files.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private List<Path> models;

  @Option(names = "--opml", paramLabel = "PROGRAM", description = "Default: ${DEFAULT-VALUE}.")
  private Path opml = Path.of("./opml");

  @Option(
      names = "--llama-bench",
      paramLabel = "PROGRAM",
      description = "llama.cpp's llama-bench; default: none, and no comparison.")
  private @Nullable Path llamaBench;

  @Option(
      names = "--llama3",
      paramLabel = "CLASSPATH",
      description = "Classes or jar of llama3.java; default: none.")
  private @Nullable String llama3;

  @Option(names = "--prompt", paramLabel = "N", description = "Default: ${DEFAULT-VALUE} tokens.")
  private int prompt = 128;

  @Option(names = "--gen", paramLabel = "N", description = "Default: ${DEFAULT-VALUE} tokens.")
  private int generated = 64;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "Several as 1,2; default: one for each processor.")
  private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

  @Option(names = "--rounds", paramLabel = "R", description = "Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(
      names = "--repeat",
      paramLabel = "R",
      description = "Runs in each process, whose median counts; default: ${DEFAULT-VALUE}.")
  private int repeats = 3;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all samples as JSON.")
  private @Nullable Path json;

  private SideBySideCommand() {}

  /** Runs the comparison that the arguments describe. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // figures look the same everywhere
    System.exit(new CommandLine(new SideBySideCommand()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Engine> engines = engines();
    List<Comparison> comparisons = new ArrayList<>();
    System.out.print(Report.markdownHead(engines));
    for (Path model : models) {
      for (int count : threads) {
        Workload workload = new Workload(model, prompt, generated, count, repeats);
        Comparison comparison = Comparison.measure(workload, engines, rounds);
        System.out.print(Report.markdownRows(comparison));
        comparisons.add(comparison);
      }
    }
    if (json != null) {
      Files.writeString(json, Report.json(comparisons) + "\n");
    }
    return CommandLine.ExitCode.OK;
  }

  private List<Engine> engines() {
    List<Engine> engines = new ArrayList<>();
    engines.add(new OpmlEngine(opml, WARM_UP_SECONDS));
    if (llamaBench != null) {
      engines.add(new LlamaBenchEngine(llamaBench));
    }
    if (llama3 != null) {
      engines.add(new Llama3Engine(llama3));
    }
    return engines;
  }
}
