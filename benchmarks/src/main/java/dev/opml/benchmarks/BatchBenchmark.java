package dev.opml.benchmarks;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.choice.KernelChoice;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * Weights of 4096 × 4096 that come from memory, times batches of vectors: {@code vectors} is the
 * number of vectors a second, which should rise with the batch. {@code -t 2} is for two threads,
 * each with weights of its own.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class BatchBenchmark {
  private static final int MATRICES = 20;

  /** Weights and vectors of a thread. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  public static class Products {
    /** Weight format. */
    @Param private GgmlType format;

    /** Vectors in a batch. */
    @Param({"1", "2", "3", "4", "6", "8", "12", "16", "32", "64"})
    private int batch;

    private MatrixProduct product;

    /** Makes random weights and vectors. */
    @Setup(Level.Trial)
    public void prepare() throws IOException {
      product = new MatrixProduct(KernelChoice.fastest(), format, batch, MATRICES);
    }
  }

  /** Vectors that were multiplied with a matrix. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Multiplied {
    /** Their number. */
    public long vectors;
  }

  /** The products of a batch with a matrix. */
  @Benchmark
  public float[] multiply(Products products, Multiplied multiplied) {
    products.product.run();
    multiplied.vectors += products.batch;
    return products.product.out();
  }
}
