package dev.opml.benchmarks.synthetic;

import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.choice.KernelChoice;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random weights, made in the format itself: all that is an integer is random bits, and scales and
 * minimums are such that the weights have a given standard deviation and a mean of about zero, of
 * whatever format: what they make of random integers is measured. Dense weights are uniform.
 */
public final class RandomWeights {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Elements made at a time: whole blocks of every format, and whole words of random bits. */
  private static final int CHUNK = 1 << 18;

  /** Scales differ from block to block by up to this much of their mean. */
  private static final double SPREAD = 0.2;

  private static final int SCALE_CHOICES = 256;

  /** Standard deviation of numbers that are uniform in an interval of length 1. */
  private static final double UNIFORM = 1 / Math.sqrt(12);

  private static final int FLOAT_BITS = 24;

  /** Weights that are looked at to find out what scales make of them, and where they come from. */
  private static final int SAMPLE = 1 << 16;

  private static final long SAMPLE_SEED = 1;

  private final GgmlType type;
  private final double deviation;
  private final RandomGenerator random;

  private final List<BlockFloat> floats;

  /** Scales to choose from, and what goes with each as a minimum. */
  private final float[] scales = new float[SCALE_CHOICES];

  private final float[] minimums = new float[SCALE_CHOICES];

  /**
   * Weights that have not been made yet.
   *
   * @param deviation standard deviation of the weights
   * @param random where they come from
   */
  public RandomWeights(GgmlType type, double deviation, RandomGenerator random) {
    this.type = type;
    this.deviation = deviation;
    this.random = random;
    floats = type.floats();
    if (type.blockSize() > 1) {
      chooseScales();
    }
  }

  private void chooseScales() {
    float[] products = sample(0);
    float[] shifts = type.hasMinimums() ? sample(1) : new float[SAMPLE];
    // The minimum, for a scale of 1, that moves the mean to zero.
    double centre = type.hasMinimums() ? -mean(products) / mean(shifts) : 0;
    double squares = 0;
    for (int i = 0; i < SAMPLE; i++) {
      squares += square(products[i] + centre * shifts[i]);
    }
    double unitDeviation = Math.sqrt(squares / SAMPLE);
    for (int i = 0; i < SCALE_CHOICES; i++) {
      double factor = 1 - SPREAD + 2 * SPREAD * i / (SCALE_CHOICES - 1);
      double scale = factor * deviation / unitDeviation;
      scales[i] = (float) scale;
      minimums[i] = (float) (scale * centre);
    }
  }

  /**
   * The weights of some random blocks.
   *
   * @param one which of a block's floats is 1; others are 0
   */
  private float[] sample(int one) {
    byte[] blocks = new byte[Math.toIntExact(type.bytes(SAMPLE))];
    new SplittableRandom(SAMPLE_SEED).nextBytes(blocks);
    for (int at = 0; at < blocks.length; at += type.blockBytes()) {
      for (int i = 0; i < floats.size(); i++) {
        put(floats.get(i), blocks, at, i == one ? 1 : 0);
      }
    }
    float[] weights = new float[SAMPLE];
    KernelChoice.scalar().dequantize(type, MemorySegment.ofArray(blocks), 0, SAMPLE, weights, 0);
    return weights;
  }

  private static double square(double value) {
    return value * value;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** Writes {@code elements} weights, whole blocks. */
  public void write(long elements, OutputStream out) throws IOException {
    byte[] chunk = new byte[Math.toIntExact(type.bytes(CHUNK))];
    for (long done = 0; done < elements; done += CHUNK) {
      int size = (int) type.bytes(Math.min(CHUNK, elements - done));
      fill(chunk, (size + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
      out.write(chunk, 0, size);
    }
  }

  private void fill(byte[] chunk, int size) {
    if (type.blockSize() == 1) {
      fillDense(chunk, size);
      return;
    }
    for (int at = 0; at < size; at += Long.BYTES) {
      LONG.set(chunk, at, random.nextLong());
    }
    for (int at = 0; at + type.blockBytes() <= size; at += type.blockBytes()) {
      int choice = chunk[at + floats.getFirst().offset()] & (SCALE_CHOICES - 1);
      put(floats.getFirst(), chunk, at, scales[choice]);
      if (type.hasMinimums()) {
        put(floats.getLast(), chunk, at, minimums[choice]);
      }
    }
  }

  private void fillDense(byte[] chunk, int size) {
    for (int at = 0; at < size; at += type.blockBytes()) {
      float unit = random.nextInt() >> (Integer.SIZE - FLOAT_BITS); // exact
      float weight = (float) (unit * (deviation / UNIFORM / (1 << FLOAT_BITS)));
      put(floats.getFirst(), chunk, at, weight);
    }
  }

  private static void put(BlockFloat number, byte[] blocks, int block, float value) {
    number.put(blocks, block, number.encoding().bits(value));
  }
}
