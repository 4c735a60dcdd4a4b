package dev.opml.benchmarks;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.vm.executor.GgufExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same 64 tokens of the bundled model by requests with and without what a request may add to
 * sampling, on one thread: tokens a second. What a request pays that adds nothing, {@code
 * DrawingBenchmark} shows; here it is too little to be seen.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class RequestBenchmark {
  private static final int TOKENS = 64;

  /** Too small to change the answer, but not skipped. */
  private static final Penalties SLIGHT = new Penalties(1, 0x1p-20f, 0, TOKENS);

  /** Parts that a request adds. */
  public enum Parts {
    /** Nothing. */
    NONE,
    /** Penalties for the last 64 tokens. */
    PENALTIES,
    /** Two choices, of which one is what the model says anyway. */
    CHOICES
  }

  /** Parts that the request adds. */
  @Param private Parts parts;

  private GgufExecutor executor;
  private InferenceRequest request;

  /** Opens the model and finds out what it says. */
  @Setup(Level.Trial)
  public void open() {
    executor = StoriesModel.open("stories-3.7m.q8_0.gguf", 1);
    InferenceRequest plain =
        new InferenceRequest(
            StoriesModel.request(executor, TOKENS).prompt(),
            TOKENS,
            SamplingParameters.GREEDY,
            StopPolicy.NEVER);
    TokenIds answer = executor.run(plain, InferenceListener.NONE).output();
    request =
        switch (parts) {
          case NONE -> plain;
          case PENALTIES -> with(plain, SLIGHT, Choices.ANY);
          case CHOICES -> with(plain, Penalties.NONE, Choices.of(List.of(answer, other(answer))));
        };
    if (!executor.run(request, InferenceListener.NONE).output().equals(answer)) {
      throw new IllegalStateException(parts + " changes the answer");
    }
  }

  private static InferenceRequest with(
      InferenceRequest plain, Penalties penalties, Choices choices) {
    return new InferenceRequest(
        plain.prompt(),
        TOKENS,
        new SamplingParameters(0, 0, 1, 0, 0, penalties),
        plain.stopPolicy(),
        choices);
  }

  /** Another answer, which differs at the end. */
  private static TokenIds other(TokenIds answer) {
    int last = TOKENS - 1;
    return answer.with(last, answer.get(last) == 0 ? 1 : 0);
  }

  /** Generates, as {@code opml run} does, with the final root. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public InferenceResult run() {
    return executor.run(request, InferenceListener.NONE);
  }

  /** Closes the model. */
  @TearDown(Level.Trial)
  public void close() {
    executor.close();
  }
}
