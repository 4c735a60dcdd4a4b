package dev.opml.benchmarks.synthetic;

import dev.opml.vm.gguf.GgmlType;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * Random weights, made in the format itself: quantized numbers are uniform over all their values,
 * and scales are such that the weights have a given standard deviation and a mean of about zero.
 * Dense weights are uniform.
 */
public final class RandomWeights {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /** Elements made at a time: whole blocks of every format, and whole words of random bits. */
  private static final int CHUNK = 1 << 18;

  /** Scales differ from block to block by up to this much of their mean. */
  private static final double SPREAD = 0.2;

  private static final int SCALE_CHOICES = 256;

  /** Standard deviation of numbers that are uniform in an interval of length 1. */
  private static final double UNIFORM = 1 / Math.sqrt(12);

  private static final int FLOAT_BITS = 24;
  private static final int Q4_K_SCALES = 4;

  private final GgmlType type;
  private final double deviation;
  private final RandomGenerator random;

  /** Scales to choose from, as binary16, and what goes with each as a minimum. */
  private final short[] scales = new short[SCALE_CHOICES];

  private final short[] minimums = new short[SCALE_CHOICES];

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
    for (int i = 0; i < SCALE_CHOICES; i++) {
      double factor = 1 - SPREAD + 2 * SPREAD * i / (SCALE_CHOICES - 1);
      double scale = factor * deviation / unitDeviation(type);
      scales[i] = Float.floatToFloat16((float) scale);
      minimums[i] = Float.floatToFloat16((float) (scale * centre(type)));
    }
  }

  /** Standard deviation of the weights of a block whose scale is 1. */
  private static double unitDeviation(GgmlType type) {
    return switch (type) {
      case F32, F16, BF16 -> 1;
      case Q4_0, Q4_1 -> 16 * UNIFORM;
      case Q5_0, Q5_1 -> 32 * UNIFORM;
      case Q8_0 -> 255 * UNIFORM;
      // Scales and minimums of sub-blocks are uniform in [32, 64), independently of each other.
      case Q4_K -> 244;
      case Q5_K -> 490;
      // Scales of sub-blocks are uniform in ±[64, 128).
      case Q6_K -> 64 * UNIFORM * 98;
    };
  }

  /** What moves the mean of unsigned quantized numbers to zero. */
  private static double centre(GgmlType type) {
    return switch (type) {
      case Q4_1 -> -7.5;
      case Q5_1 -> -15.5;
      case Q4_K -> 7.5;
      case Q5_K -> 15.5;
      default -> 0;
    };
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
      finishBlock(chunk, at);
    }
  }

  private void fillDense(byte[] chunk, int size) {
    for (int at = 0; at < size; at += type.blockBytes()) {
      float unit = random.nextInt() >> (Integer.SIZE - FLOAT_BITS); // exact
      float weight = (float) (unit * (deviation / UNIFORM / (1 << FLOAT_BITS)));
      switch (type) {
        case F32 -> INT.set(chunk, at, Float.floatToRawIntBits(weight));
        case F16 -> SHORT.set(chunk, at, Float.floatToFloat16(weight));
        default -> SHORT.set(chunk, at, (short) (Float.floatToRawIntBits(weight) >>> Short.SIZE));
      }
    }
  }

  /** Makes a block out of random bytes. */
  private void finishBlock(byte[] chunk, int at) {
    switch (type) {
      case Q4_1, Q5_1 -> putScales(chunk, at, true);
      case Q4_K, Q5_K -> {
        putScales(chunk, at, true);
        for (int i = at + Q4_K_SCALES; i < at + Q4_K_SCALES + 8; i++) {
          chunk[i] |= (byte) 0xa0; // the upper bits of all 6-bit scales and minimums
        }
      }
      case Q6_K -> {
        int scale = at + type.blockBytes() - Short.BYTES;
        for (int i = scale - 16; i < scale; i++) {
          chunk[i] = (byte) (chunk[i] < 0 ? chunk[i] & ~0x40 : chunk[i] | 0x40);
        }
        putScales(chunk, scale, false);
      }
      case Q8_0 -> {
        putScales(chunk, at, false);
        for (int i = at + Short.BYTES; i < at + type.blockBytes(); i++) {
          chunk[i] = (byte) Math.max(chunk[i], -127); // quantizers do not use -128
        }
      }
      default -> putScales(chunk, at, false);
    }
  }

  private void putScales(byte[] chunk, int at, boolean withMinimum) {
    int choice = chunk[at] & (SCALE_CHOICES - 1);
    SHORT.set(chunk, at, scales[choice]);
    if (withMinimum) {
      SHORT.set(chunk, at + Short.BYTES, minimums[choice]);
    }
  }
}
