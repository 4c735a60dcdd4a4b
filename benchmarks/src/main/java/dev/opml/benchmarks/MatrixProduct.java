package dev.opml.benchmarks;

import dev.opml.benchmarks.synthetic.RandomWeights;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.choice.KernelChoice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;

/** A random matrix of 4096 × 4096, in one copy or several, times a batch of random vectors. */
public final class MatrixProduct implements Runnable {
  private static final int ROWS = 4096;
  private static final int COLUMNS = 4096;

  private final WeightMatrix[] turns;
  private final Activations activations;
  private final float[] out;
  private int turn;

  /**
   * Makes weights with finite scales, and vectors.
   *
   * @param kernels what multiplies
   * @param format format of the weights
   * @param batch number of vectors
   * @param matrices number of copies of the matrix: 1 may stay in a cache, 40 come from memory
   */
  public MatrixProduct(Kernels kernels, GgmlType format, int batch, int matrices)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new RandomWeights(format, 1 / Math.sqrt(COLUMNS), new SplittableRandom(1))
        .write((long) ROWS * COLUMNS, bytes);
    byte[] weights = bytes.toByteArray();
    MemorySegment data = Arena.ofAuto().allocate(weights.length, 64);
    data.copyFrom(MemorySegment.ofArray(weights));
    FileMatrix file = new FileMatrix(format, data, ROWS, COLUMNS);
    turns = new WeightMatrix[matrices];
    Arrays.setAll(turns, i -> kernels.matrix(file, Arena.ofAuto()));
    Random random = new Random(1);
    float[] x = new float[batch * COLUMNS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    activations = new Activations(batch, COLUMNS);
    activations.bind(x, 0, COLUMNS, COLUMNS, batch);
    turns[0].prepare(activations);
    kernels.quantize(activations);
    out = new float[batch * ROWS];
  }

  /**
   * One copy, by the fastest kernels: for those who loaded this class by another class loader, and
   * share no classes with it but the JDK's.
   *
   * @param format name of the format
   */
  public MatrixProduct(String format, int batch) throws IOException {
    this(KernelChoice.fastest(), GgmlType.valueOf(format), batch, 1);
  }

  /** Multiplies with the next copy. */
  @Override
  public void run() {
    turn = (turn + 1) % turns.length;
    turns[turn].multiply(activations, 0, ROWS, out, 0, ROWS);
  }

  /** What the last run computed, vector by vector. */
  public float[] out() {
    return out;
  }
}
