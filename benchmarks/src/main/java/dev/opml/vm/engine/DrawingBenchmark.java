package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A greedy draw of one token, as the SAMPLE node computes it natively: in the engine's package,
 * because what draws is not public.
 *
 * <p>A request without choices and penalties pays nothing for them if {@link #withoutParts} takes
 * as long as {@link #samplerAlone}, which has never heard of either, and that as long as {@link
 * #largest}, a loop over the same logits. What they cost those who ask for them is beside it. The
 * whole model, where a draw is a small part of a token, is in {@code RequestBenchmark}.
 */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class DrawingBenchmark {
  private static final int PROMPT = 64;
  private static final int NEW_TOKENS = 4;
  private static final int CHOICES = 16;

  /** Number of logits: those of the bundled model and of Llama 3. */
  @Param({"1024", "128256"})
  private int vocabulary;

  private float[] logits;

  /** Start of the logits: not a constant, as it is none in a batch. */
  private int offset;

  private Sampler sampler;
  private Drawing withoutParts;
  private Drawing withPenalties;
  private Drawing withChoices;

  /** Makes logits and requests. */
  @Setup(Level.Trial)
  public void prepare() {
    Random random = new Random(1);
    logits = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    List<TokenIds> answers =
        IntStream.range(0, CHOICES).mapToObj(i -> ids(random, NEW_TOKENS)).toList();
    TokenIds prompt = ids(random, PROMPT);
    sampler = new Sampler(0, 0, 1, 0, 0);
    withoutParts = drawing(prompt, Penalties.NONE, Choices.ANY);
    withPenalties = drawing(prompt, new Penalties(1.1f, 0.1f, 0.1f, PROMPT), Choices.ANY);
    withChoices = drawing(prompt, Penalties.NONE, Choices.of(answers));
  }

  private TokenIds ids(Random random, int count) {
    return TokenIds.of(random.ints(count, 0, vocabulary).toArray());
  }

  private Drawing drawing(TokenIds prompt, Penalties penalties, Choices choices) {
    SamplingParameters greedy = new SamplingParameters(0, 0, 1, 0, 0, penalties);
    InferenceRequest request =
        new InferenceRequest(prompt, NEW_TOKENS, greedy, StopPolicy.STOP_TOKENS, choices);
    RawInput input = RawInput.of(request);
    return new Drawing(input, new Tokens(input, vocabulary, input.positions(PROMPT + NEW_TOKENS)));
  }

  /** The lowest id among the largest logits that are not NaN. */
  @Benchmark
  public int largest() {
    return largest(logits, offset, vocabulary);
  }

  private static int largest(float[] logits, int offset, int n) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      float l = logits[offset + i];
      if (l > logits[offset + best] || (Float.isNaN(logits[offset + best]) && !Float.isNaN(l))) {
        best = i;
      }
    }
    return best;
  }

  /** The sampler alone, which knows neither: what a draw was before there were any. */
  @Benchmark
  public int samplerAlone() {
    return sampler.draw(logits, offset, vocabulary, PROMPT - 1);
  }

  /** A request without choices and penalties. */
  @Benchmark
  public int withoutParts() {
    return withoutParts.draw(logits, offset, vocabulary, PROMPT - 1);
  }

  /** Penalties that look at 64 tokens. */
  @Benchmark
  public int withPenalties() {
    return withPenalties.draw(logits, offset, vocabulary, PROMPT - 1);
  }

  /** 16 choices, at the first token of the answer. */
  @Benchmark
  public int withChoices() {
    return withChoices.draw(logits, offset, vocabulary, PROMPT - 1);
  }
}
