package dev.opml.vm.testing;

import dev.opml.vm.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Tiny models of the LLaMA architecture that nobody has trained: random shapes, every tensor in a
 * format of its own, weights and scales anything from ordinary to infinities, NaNs and subnormals.
 * Equal seeds give equal models.
 */
public final class RandomModel {
  /** Shape of a model; {@code width} and {@code hidden} decide which formats are possible. */
  public record Shape(
      int width, int headDim, int kvHeads, int group, int hidden, int vocabulary, int layers) {}

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
  private static final int NORMAL_TOKEN = 1;
  private static final int UNKNOWN_TOKEN = 2;

  private final Random random;
  private final boolean tame;

  private RandomModel(long seed) {
    random = new Random(seed);
    tame = seed % 2 == 0;
  }

  /** A whole file of a random shape. */
  public static byte[] bytes(long seed) {
    RandomModel model = new RandomModel(seed);
    return model.write(model.shape()).toByteArray();
  }

  /** A file of a given shape, to which more can be added. */
  public static GgufWriter of(long seed, Shape shape) {
    return new RandomModel(seed).write(shape);
  }

  private int pick(int... values) {
    return values[random.nextInt(values.length)];
  }

  private Shape shape() {
    int kvHeads = 1 + random.nextInt(3);
    int group = 1 + random.nextInt(3);
    int vocabulary = 2 + random.nextInt(120);
    int layers = 1 + random.nextInt(2);
    return switch (random.nextInt(5)) {
      case 0, 1 -> // odd sizes: dense formats only
          new Shape(
              1 + random.nextInt(90),
              2 + random.nextInt(40),
              kvHeads,
              group,
              1 + random.nextInt(150),
              vocabulary,
              layers);
      case 2, 3 -> {
        int headDim = pick(8, 16, 32, 64, 96);
        yield new Shape(
            32 * (1 + random.nextInt(4)),
            headDim,
            kvHeads,
            Math.max(1, 32 / headDim) * group,
            32 * (1 + random.nextInt(5)),
            vocabulary,
            layers);
      }
      default -> {
        int headDim = pick(32, 64, 128);
        yield new Shape(256, headDim, pick(1, 2), 256 / headDim, 256, vocabulary, 1);
      }
    };
  }

  private GgufWriter write(Shape s) {
    int queries = s.kvHeads * s.group * s.headDim;
    int keys = s.kvHeads * s.headDim;
    GgufWriter file =
        new GgufWriter()
            .text("general.architecture", "llama")
            .uint32("llama.context_length", 64)
            .uint32("llama.embedding_length", s.width)
            .uint32("llama.block_count", s.layers)
            .uint32("llama.feed_forward_length", s.hidden)
            .uint32("llama.attention.head_count", s.kvHeads * s.group)
            .uint32("llama.attention.head_count_kv", s.kvHeads)
            .uint32("llama.attention.key_length", s.headDim)
            .uint32("llama.rope.dimension_count", 2 * (1 + random.nextInt(s.headDim / 2)))
            .float32("llama.attention.layer_norm_rms_epsilon", random.nextBoolean() ? 1e-5f : 0)
            .uint32("tokenizer.ggml.eos_token_id", random.nextInt(s.vocabulary));
    vocabulary(file, s.vocabulary);
    matrix(file, "token_embd", s.width, s.vocabulary);
    for (int layer = 0; layer < s.layers; layer++) {
      String prefix = "blk." + layer + ".";
      norm(file, prefix + "attn_norm", s.width);
      matrix(file, prefix + "attn_q", s.width, queries);
      matrix(file, prefix + "attn_k", s.width, keys);
      matrix(file, prefix + "attn_v", s.width, keys);
      matrix(file, prefix + "attn_output", queries, s.width);
      norm(file, prefix + "ffn_norm", s.width);
      matrix(file, prefix + "ffn_gate", s.width, s.hidden);
      matrix(file, prefix + "ffn_up", s.width, s.hidden);
      matrix(file, prefix + "ffn_down", s.hidden, s.width);
    }
    norm(file, "output_norm", s.width);
    if (random.nextBoolean()) {
      matrix(file, "output", s.width, s.vocabulary);
    }
    return file;
  }

  private static void vocabulary(GgufWriter file, int size) {
    String[] texts = new String[size];
    int[] types = new int[size];
    for (int id = 0; id < size; id++) {
      texts[id] = "t" + id;
      types[id] = id == 0 ? UNKNOWN_TOKEN : NORMAL_TOKEN;
    }
    file.text("tokenizer.ggml.model", "llama")
        .texts("tokenizer.ggml.tokens", texts)
        .floats("tokenizer.ggml.scores", new float[size])
        .ints("tokenizer.ggml.token_type", types);
  }

  private void matrix(GgufWriter file, String name, int columns, int rows) {
    GgmlType type;
    do {
      type = GgmlType.values()[random.nextInt(GgmlType.values().length)];
    } while (columns % type.blockSize() != 0);
    byte[] bytes = weights(type, (long) columns * rows, values());
    file.tensor(name + ".weight", type.id(), bytes, columns, rows);
  }

  private void norm(GgufWriter file, String name, int length) {
    byte[] bytes = weights(GgmlType.F32, length, values());
    file.tensor(name + ".weight", GgmlType.F32.id(), bytes, length);
  }

  /** Mostly ordinary: what is extreme everywhere makes everything NaN. */
  private Values values() {
    if (tame) {
      return Values.ORDINARY;
    }
    Values[] all = Values.values();
    return random.nextBoolean() ? Values.ORDINARY_BUT_FEW : all[random.nextInt(all.length)];
  }

  private byte[] weights(GgmlType type, long elements, Values values) {
    byte[] bytes = new byte[(int) type.bytes(elements)];
    random.nextBytes(bytes);
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.length; at += type.blockBytes()) {
      switch (type) {
        case F32 -> data.putInt(at, single(values));
        case BF16 -> data.putShort(at, (short) (single(values) >>> 16));
        case Q6_K -> data.putShort(at + 208, half(values));
        case Q4_1, Q5_1, Q4_K, Q5_K ->
            data.putShort(at, half(values)).putShort(at + 2, half(values));
        case F16, Q4_0, Q5_0, Q8_0 -> data.putShort(at, half(values));
      }
    }
    return bytes;
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
