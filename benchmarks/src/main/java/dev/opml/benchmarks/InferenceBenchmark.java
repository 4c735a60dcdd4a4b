package dev.opml.benchmarks;

import dev.opml.api.StateRoot;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.vm.executor.GgufExecutor;
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

/** 64 tokens of the bundled model, prompt included in the time: tokens a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class InferenceBenchmark {
  private static final int TOKENS = 64;

  /** Weight format of the model. */
  @Param({"q8_0", "q4_0"})
  private String format;

  /** Threads of the engine. */
  @Param({"1", "2"})
  private int threads;

  private GgufExecutor executor;
  private InferenceRequest request;
  private InferenceResult result;

  /** Opens the model. */
  @Setup(Level.Trial)
  public void open() {
    executor = StoriesModel.open("stories-3.7m." + format + ".gguf", threads);
    request = StoriesModel.request(executor, TOKENS);
    result = executor.run(request, InferenceListener.NONE);
  }

  /** Generates, as {@code opml run} does, with the final root. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public InferenceResult run() {
    return executor.run(request, InferenceListener.NONE);
  }

  /** Checks the claim by batched prefill. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public Verification verify() {
    return executor.verify(result.claim(), InferenceListener.NONE);
  }

  /** Generates with a state root for every node, as a player of a dispute does. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public StateRoot trace() {
    try (Trace trace = executor.trace(request, InferenceListener.NONE)) {
      return trace.finalRoot();
    }
  }

  /** Closes the model. */
  @TearDown(Level.Trial)
  public void close() {
    executor.close();
  }
}
