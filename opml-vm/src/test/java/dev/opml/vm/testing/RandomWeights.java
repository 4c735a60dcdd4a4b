package dev.opml.vm.testing;

import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.FloatEncoding;
import dev.opml.vm.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Weights that nobody has trained, in any format: ordinary ones, or anything up to infinities, NaNs
 * and subnormals.
 */
public final class RandomWeights {
  private enum Values {
    ANY_BITS,
    ORDINARY,
    SPECIAL,
    HUGE,
    SUBNORMAL,
    ORDINARY_BUT_FEW
  }

  private static final int[] SPECIAL_FLOATS = {
    0x7f7fffff,
    0xff7fffff,
    0x7f800000,
    0xff800000,
    0x7fc00001,
    0xffc00000,
    0x7f800001,
    1,
    0x80000001,
    0x007fffff,
    0x00800000,
    0,
    0x80000000
  };
  private static final int[] SPECIAL_HALVES = {
    0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e01, 0xfe00, 0x7c01, 1, 0x8001, 0x3ff, 0x400, 0, 0x8000
  };

  private final Random random;
  private final boolean tame;

  /** Weights that are ordinary everywhere if {@code tame}. */
  public RandomWeights(Random random, boolean tame) {
    this.random = random;
    this.tame = tame;
  }

  /** A format that rows of {@code columns} elements can have. */
  public GgmlType type(int columns) {
    GgmlType type;
    do {
      type = GgmlType.values()[random.nextInt(GgmlType.values().length)];
    } while (columns % type.blockSize() != 0);
    return type;
  }

  /** Whole blocks of a format. */
  public byte[] of(GgmlType type, long elements) {
    Values values = values();
    byte[] bytes = new byte[(int) type.bytes(elements)];
    random.nextBytes(bytes);
    for (int at = 0; at < bytes.length; at += type.blockBytes()) {
      for (BlockFloat number : type.floats()) {
        number.put(bytes, at, bits(number.encoding(), values));
      }
    }
    return bytes;
  }

  /** F32 numbers of a normal distribution. */
  byte[] normal(long elements, double mean, double deviation) {
    ByteBuffer data =
        ByteBuffer.allocate((int) GgmlType.F32.bytes(elements)).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putFloat((float) random.nextGaussian(mean, deviation));
    }
    return data.array();
  }

  /** F32 numbers above 0: of usual size if tame, else of any. */
  byte[] positive(long elements) {
    ByteBuffer data =
        ByteBuffer.allocate((int) GgmlType.F32.bytes(elements)).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      double power = random.nextGaussian() * (tame ? 1 : 20);
      data.putFloat(Math.clamp((float) Math.exp(power), Float.MIN_VALUE, Float.MAX_VALUE));
    }
    return data.array();
  }

  /** Mostly ordinary: what is extreme everywhere makes everything NaN. */
  private Values values() {
    if (tame) {
      return Values.ORDINARY;
    }
    Values[] all = Values.values();
    return random.nextBoolean() ? Values.ORDINARY_BUT_FEW : all[random.nextInt(all.length)];
  }

  /** One of some numbers. */
  public int pick(int... values) {
    return values[random.nextInt(values.length)];
  }

  private int bits(FloatEncoding encoding, Values values) {
    return switch (encoding) {
      case BINARY32 -> single(values);
      case BINARY16 -> half(values);
      case BFLOAT16 -> single(values) >>> Short.SIZE;
    };
  }

  private int single(Values values) {
    return switch (values) {
      case ANY_BITS -> random.nextInt();
      case ORDINARY -> Float.floatToRawIntBits((float) (random.nextGaussian() * 0.3));
      case SPECIAL -> pick(SPECIAL_FLOATS);
      case HUGE -> Float.floatToRawIntBits((float) (random.nextGaussian() * 1e19));
      case SUBNORMAL -> Float.floatToRawIntBits((float) (random.nextGaussian() * 1e-39));
      case ORDINARY_BUT_FEW -> single(random.nextInt(300) == 0 ? Values.SPECIAL : Values.ORDINARY);
    };
  }

  private short half(Values values) {
    return switch (values) {
      case ANY_BITS -> (short) random.nextInt();
      case ORDINARY -> Float.floatToFloat16((float) (random.nextGaussian() * 0.05));
      case SPECIAL -> (short) pick(SPECIAL_HALVES);
      case HUGE -> (short) pick(0x7bff, 0xfbff, 0x7800, 0x7000, 0xf000);
      case SUBNORMAL -> (short) (random.nextInt(0x400) | pick(0, 0x8000));
      case ORDINARY_BUT_FEW -> half(random.nextInt(200) == 0 ? Values.SPECIAL : Values.ORDINARY);
    };
  }
}
