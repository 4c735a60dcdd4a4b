package dev.opml.benchmarks;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.choice.KernelChoice;
import java.io.IOException;
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

/** A weight matrix of 4096 × 4096 times a batch of vectors, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class MatrixBenchmark {
  /** Weight format. */
  @Param private GgmlType format;

  /** Which kernels. */
  @Param({"vector", "scalar"})
  private String kernels;

  /** Vectors in a batch: 1 as in decoding, more as in prefill. */
  @Param({"1", "8", "64"})
  private int batch;

  /** Matrices multiplied in turns: 1 may stay in a cache, 40 come from memory. */
  @Param("1")
  private int matrices;

  private MatrixProduct product;

  /** Makes random weights with finite scales, and random vectors. */
  @Setup(Level.Trial)
  public void prepare() throws IOException {
    Kernels chosen = kernels.equals("scalar") ? KernelChoice.scalar() : KernelChoice.fastest();
    product = new MatrixProduct(chosen, format, batch, matrices);
  }

  /** The product. */
  @Benchmark
  public float[] multiply() {
    product.run();
    return product.out();
  }
}
