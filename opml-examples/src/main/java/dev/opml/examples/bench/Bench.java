package dev.opml.examples.bench;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult.Timing;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.executor.UnhashedModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Measures a model, test by test. The engine is timed alone: hashing what a run leaves in memory
 * takes no part, except in {@link TestKind#VERIFY} and {@link TestKind#TRACE}.
 *
 * <p>Before its repetitions are timed, a test is run until a time has passed, and at least once: in
 * that time the JVM compiles what the test uses.
 */
public final class Bench {
  private static final double NANOS = 1e9;
  private static final int PROMPT_SEED = 1;

  private final Path model;
  private final ExecutorOptions options;
  private final int repeats;
  private final double warmUpSeconds;

  /**
   * Measurements that have not begun.
   *
   * @param options how the model is opened; each test brings its own number of threads
   * @param repeats how often each test is timed, at least 1
   * @param warmUpSeconds how long each test runs before
   */
  public Bench(Path model, ExecutorOptions options, int repeats, double warmUpSeconds) {
    if (repeats < 1 || !(warmUpSeconds >= 0)) {
      throw new IllegalArgumentException(
          "%d repetitions after %s s of warm-up".formatted(repeats, warmUpSeconds));
    }
    this.model = model;
    this.options = options;
    this.repeats = repeats;
    this.warmUpSeconds = warmUpSeconds;
  }

  /**
   * Runs tests. Those with the same threads share an open model, so they come together; {@link
   * TestKind#VERIFY} and {@link TestKind#TRACE} open it in another way, so they come after the
   * others.
   *
   * @param results is told of each result as it comes
   * @throws dev.opml.api.OpmlException if the model is refused, or a test does not fit it
   */
  public void run(List<BenchTest> tests, Consumer<BenchResult> results) {
    Map<Integer, List<BenchTest>> byThreads =
        tests.stream()
            .collect(
                Collectors.groupingBy(BenchTest::threads, LinkedHashMap::new, Collectors.toList()));
    byThreads.forEach((threads, group) -> {
      ExecutorOptions own = options.withThreads(threads);
      runUnhashed(of(group, TestKind.PP, TestKind.TG), own, results);
      runRoots(of(group, TestKind.VERIFY, TestKind.TRACE), own, results);
    });
  }

  private static List<BenchTest> of(List<BenchTest> tests, TestKind... kinds) {
    return tests.stream().filter(test -> List.of(kinds).contains(test.kind())).toList();
  }

  private void runUnhashed(
      List<BenchTest> tests, ExecutorOptions own, Consumer<BenchResult> results) {
    if (tests.isEmpty()) {
      return;
    }
    try (UnhashedModel open = UnhashedModel.open(model, own)) {
      for (BenchTest test : tests) {
        InferenceRequest request = request(test, open.header());
        boolean prefill = test.kind() == TestKind.PP;
        Samples speeds =
            measure(() -> {
              Timing timing = open.time(request);
              return prefill ? timing.prefillTokensPerSecond() : timing.decodeTokensPerSecond();
            });
        results.accept(new BenchResult(test, speeds, OptionalDouble.empty()));
      }
    }
  }

  private void runRoots(List<BenchTest> tests, ExecutorOptions own, Consumer<BenchResult> results) {
    if (tests.isEmpty()) {
      return;
    }
    try (GgufExecutor executor = GgufExecutor.open(model, own)) {
      for (BenchTest test : tests) {
        InferenceRequest request = request(test, executor.model().header());
        Claim claim = executor.run(request, InferenceListener.NONE).claim();
        Runnable tested =
            test.kind() == TestKind.VERIFY
                ? () -> executor.verify(claim, InferenceListener.NONE)
                : () -> executor.trace(request, InferenceListener.NONE).close();
        Samples generating =
            measure(
                () -> test.tokens() / seconds(() -> executor.run(request, InferenceListener.NONE)));
        Samples speeds = measure(() -> test.tokens() / seconds(tested));
        double share = generating.median() / speeds.median();
        results.accept(new BenchResult(test, speeds, OptionalDouble.of(share)));
      }
    }
  }

  /** A request that never stops early. The first token that TG generates counts as prefill. */
  private static InferenceRequest request(BenchTest test, GraphHeader header) {
    if (test.tokens() > header.contextLimit()) { // before there is a prompt of that length
      throw new LimitExceededException("contextLimit", header.contextLimit(), test.tokens());
    }
    int prompt = test.kind() == TestKind.PP ? test.tokens() : 1;
    int output =
        switch (test.kind()) {
          case PP -> 1;
          case TG -> test.tokens() + 1;
          case VERIFY, TRACE -> test.tokens();
        };
    int[] ids =
        new SplittableRandom(PROMPT_SEED).ints(prompt, 0, header.vocabularySize()).toArray();
    return new InferenceRequest(
        TokenIds.of(ids), output, SamplingParameters.GREEDY, StopPolicy.NEVER);
  }

  private Samples measure(DoubleSupplier run) {
    long started = System.nanoTime();
    do {
      var _ = run.getAsDouble();
    } while (System.nanoTime() - started < warmUpSeconds * NANOS);
    return Samples.of(DoubleStream.generate(run).limit(repeats).toArray());
  }

  private static double seconds(Runnable run) {
    long started = System.nanoTime();
    run.run();
    return (System.nanoTime() - started) / NANOS;
  }
}
