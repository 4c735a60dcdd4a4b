package dev.opml.benchmarks;

import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
import dev.opml.vm.kernel.choice.KernelChoice;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
 * Attention of one layer at one position, on one thread: 32 query heads, eight for each of four
 * key/value heads.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class AttentionBenchmark {
  private static final int HEADS = 32;
  private static final int GROUP = 8;

  /** Elements of a head. */
  @Param({"64", "128"})
  private int headDim;

  /** Positions to attend to. */
  @Param({"64", "512", "2048"})
  private int positions;

  /** Which kernels. */
  @Param({"vector", "scalar"})
  private String kernels;

  private Kernels chosen;
  private KvCache cache;
  private float[] query;
  private float[] scratch;
  private float[] out;

  /** Fills a cache and a query with random numbers. */
  @Setup(Level.Trial)
  public void prepare() {
    chosen = kernels.equals("scalar") ? KernelChoice.scalar() : KernelChoice.fastest();
    int keyBytes = HEADS / GROUP * headDim * Short.BYTES;
    cache = chosen.cache(new KvLayout(HEADS / GROUP, headDim, 2 * keyBytes, keyBytes), positions);
    Random random = new Random(1);
    for (int position = 0; position < positions; position++) {
      for (int head = 0; head < HEADS / GROUP; head++) {
        cache.storeKey(position, head, vector(random, headDim), 0);
        cache.storeValue(position, head, vector(random, headDim), 0);
      }
    }
    query = vector(random, HEADS * headDim);
    scratch = new float[QueryBlock.MOST * positions]; // multiples of 64
    out = new float[HEADS * headDim];
  }

  private static float[] vector(Random random, int length) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** All heads, one after the other. */
  @Benchmark
  public float[] attend() {
    Scoring scoring = new Scoring((float) (1 / Math.sqrt(headDim)), 0, 0);
    for (int head = 0; head < HEADS; head += QueryBlock.MOST) {
      int at = head * headDim;
      QueryBlock block =
          new QueryBlock(QueryBlock.MOST, positions, 0, query, at, headDim, out, at, headDim);
      chosen.attend(cache, head / GROUP, block, scoring, scratch);
    }
    return out;
  }
}
