package dev.opml.vm.gguf;

import java.util.HashMap;
import java.util.Map;

/**
 * A tensor element format by the number that ggml gives it, whether or not opML computes with it:
 * see {@link GgmlType}. The table here is the only one of numbers and sizes. A row of a tensor is a
 * whole number of blocks.
 *
 * @param id the number, as signed 32-bit
 * @param name ggml's name of the number; {@code type N} if it has none
 * @param blockSize elements in a block; 1 for the dense formats; 0 if not known
 * @param blockBytes size of a block in bytes; 0 if not known
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/include/ggml.h">ggml.h, ggml_type</a>
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h">ggml-common.h, the
 *     blocks</a>
 */
public record TensorFormat(int id, String name, int blockSize, int blockBytes) {
  private static final Map<Integer, TensorFormat> BY_ID = new HashMap<>();

  static {
    add(0, "F32", 1, 4);
    add(1, "F16", 1, 2);
    add(2, "Q4_0", 32, 18);
    add(3, "Q4_1", 32, 20);
    addRemoved(4, "Q4_2");
    addRemoved(5, "Q4_3");
    add(6, "Q5_0", 32, 22);
    add(7, "Q5_1", 32, 24);
    add(8, "Q8_0", 32, 34);
    add(9, "Q8_1", 32, 36);
    add(10, "Q2_K", 256, 84);
    add(11, "Q3_K", 256, 110);
    add(12, "Q4_K", 256, 144);
    add(13, "Q5_K", 256, 176);
    add(14, "Q6_K", 256, 210);
    add(15, "Q8_K", 256, 292);
    add(16, "IQ2_XXS", 256, 66);
    add(17, "IQ2_XS", 256, 74);
    add(18, "IQ3_XXS", 256, 98);
    add(19, "IQ1_S", 256, 50);
    add(20, "IQ4_NL", 32, 18);
    add(21, "IQ3_S", 256, 110);
    add(22, "IQ2_S", 256, 82);
    add(23, "IQ4_XS", 256, 136);
    add(24, "I8", 1, 1);
    add(25, "I16", 1, 2);
    add(26, "I32", 1, 4);
    add(27, "I64", 1, 8);
    add(28, "F64", 1, 8);
    add(29, "IQ1_M", 256, 56);
    add(30, "BF16", 1, 2);
    addRemoved(31, "Q4_0_4_4");
    addRemoved(32, "Q4_0_4_8");
    addRemoved(33, "Q4_0_8_8");
    add(34, "TQ1_0", 256, 54);
    add(35, "TQ2_0", 256, 66);
    addRemoved(36, "IQ4_NL_4_4");
    addRemoved(37, "IQ4_NL_4_8");
    addRemoved(38, "IQ4_NL_8_8");
    add(39, "MXFP4", 32, 17);
    add(40, "NVFP4", 64, 36);
    add(41, "Q1_0", 128, 18);
  }

  private static void add(int id, String name, int blockSize, int blockBytes) {
    BY_ID.put(id, new TensorFormat(id, name, blockSize, blockBytes));
  }

  /** Adds a number that ggml has taken back, with the sizes. */
  private static void addRemoved(int id, String name) {
    add(id, name, 0, 0);
  }

  /** The format with the number {@code id}; any number has one. */
  public static TensorFormat ofId(int id) {
    TensorFormat known = BY_ID.get(id);
    return known != null
        ? known
        : new TensorFormat(id, "type " + Integer.toUnsignedString(id), 0, 0);
  }

  /** Whether {@code elements} consecutive elements are whole blocks of a known size. */
  public boolean isWhole(long elements) {
    return blockSize > 0 && elements >= 0 && elements % blockSize == 0;
  }

  /**
   * Size in bytes of {@code elements} consecutive elements.
   *
   * @throws IllegalArgumentException if they are not {@link #isWhole whole} blocks
   * @throws ArithmeticException if the size exceeds a {@code long}
   */
  public long bytes(long elements) {
    if (!isWhole(elements)) {
      throw new IllegalArgumentException(
          elements + " elements are not whole " + name + " blocks of " + blockSize);
    }
    return Math.multiplyExact(elements / blockSize, (long) blockBytes);
  }

  @Override
  public String toString() {
    return name;
  }
}
