package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.examples.bench.Bench;
import dev.opml.examples.bench.BenchResult;
import dev.opml.examples.bench.BenchTest;
import dev.opml.examples.bench.Machine;
import dev.opml.examples.bench.ModelFile;
import dev.opml.examples.bench.Samples;
import dev.opml.examples.bench.TestKind;
import dev.opml.vm.executor.EngineKind;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.UnhashedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code opml bench}: how fast a model runs here. */
@Command(
    name = "bench",
    sortOptions = false,
    description = "Measures prefill, generation and verification of a model, as llama-bench does.")
final class BenchCommand extends Subcommand {
  private static final String ROW = "%-12s %7s  %s%n";

  @Parameters(paramLabel = "MODEL", description = "GGUF file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path model;

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "N",
      split = ",",
      description =
          "Prefill N random tokens; default 512. Here and below, 1,2 stands for several, 0 for "
              + "none.")
  private List<Integer> prompt = List.of(512);

  @Option(
      names = {"-n", "--gen"},
      paramLabel = "N",
      split = ",",
      description = "Generate N tokens after a prompt of one; default 128.")
  private List<Integer> gen = List.of(128);

  @Option(
      names = "--verify",
      paramLabel = "N",
      split = ",",
      description = "Check a claim of N tokens; default none.")
  private List<Integer> verify = List.of();

  @Option(
      names = "--trace",
      paramLabel = "N",
      split = ",",
      description = "Generate N tokens with a root for every node; default none.")
  private List<Integer> trace = List.of();

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      split = ",",
      description = "Threads; default: one for each processor.")
  private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

  @Option(
      names = {"-r", "--repeat"},
      paramLabel = "R",
      description = "Runs of each test; default 5.")
  private int repeats = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "How long each test runs before, and at least once, so that the JVM has compiled it; "
              + "default 5.")
  private double warmUp = 5;

  @Option(names = "--engine", paramLabel = "ENGINE", description = "vector (default) or scalar.")
  private EngineKind engine = EngineKind.VECTOR;

  @Mixin private CacheOptions cache = new CacheOptions();

  BenchCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Path subject() {
    return model;
  }

  @Override
  boolean execute(ObjectNode result) {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withEngine(engine).withCache(cache.policy());
    for (int count : threads) {
      checked("--threads", () -> ExecutorOptions.DEFAULT.withThreads(count));
    }
    if (Double.isInfinite(warmUp)) {
      throw usage("--warm-up does not end");
    }
    List<BenchTest> tests = checked(this::tests);
    Bench bench = checked(() -> new Bench(model, options, repeats, warmUp));
    String kernels = checked(() -> UnhashedModel.kernels(options));
    describe(ModelFile.of(model), Machine.here(), kernels, result);
    ArrayNode array = result.putArray("tests");
    sayLine("");
    say(ROW.formatted("test", "threads", "tokens/s"));
    bench.run(tests, measured -> describe(measured, array.addObject()));
    return true;
  }

  private List<BenchTest> tests() {
    List<BenchTest> tests = new ArrayList<>();
    for (int count : threads) {
      add(tests, TestKind.PP, prompt, count);
      add(tests, TestKind.TG, gen, count);
      add(tests, TestKind.VERIFY, verify, count);
      add(tests, TestKind.TRACE, trace, count);
    }
    return tests;
  }

  private static void add(List<BenchTest> tests, TestKind kind, List<Integer> sizes, int threads) {
    for (int size : sizes) {
      if (size != 0) {
        tests.add(new BenchTest(kind, size, threads));
      }
    }
  }

  private void describe(ModelFile file, Machine machine, String kernels, ObjectNode result) {
    result
        .putObject("model")
        .put("name", file.name())
        .put("file", model.toString())
        .put("bytes", file.bytes())
        .put("parameters", file.parameters());
    result
        .put("cpu", machine.cpu())
        .put("java", machine.java())
        .put("kernels", kernels)
        .put("warmUpSeconds", warmUp);
    sayLine(
        Printable.line(
            "%s, %,d parameters in %,d bytes"
                .formatted(file.name(), file.parameters(), file.bytes())));
    sayLine(Printable.line(machine.cpu() + ", Java " + machine.java() + ", " + kernels));
  }

  private void describe(BenchResult measured, ObjectNode result) {
    BenchTest test = measured.test();
    Samples samples = measured.tokensPerSecond();
    result
        .put("kind", test.kind().name().toLowerCase(Locale.ROOT))
        .put("tokens", test.tokens())
        .put("threads", test.threads())
        .put("repeats", repeats);
    ArrayNode values = result.putArray("samples");
    samples.values().forEach(values::add);
    result
        .put("mean", samples.mean())
        .put("median", samples.median())
        .put("stddev", samples.standardDeviation());
    String speed = "%.2f ± %.2f".formatted(samples.mean(), samples.standardDeviation());
    if (measured.timeOfGenerating().isPresent()) {
      double share = measured.timeOfGenerating().getAsDouble();
      result.put("timeOfGenerating", share);
      speed += ", %.0f %% of the time of generating".formatted(100 * share);
    }
    say(ROW.formatted(test.name(), test.threads(), speed));
  }
}
