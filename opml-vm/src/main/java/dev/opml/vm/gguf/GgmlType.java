package dev.opml.vm.gguf;

import static dev.opml.vm.gguf.FloatEncoding.BFLOAT16;
import static dev.opml.vm.gguf.FloatEncoding.BINARY16;
import static dev.opml.vm.gguf.FloatEncoding.BINARY32;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensor element formats that opML computes with, of those in {@link TensorFormat}, and what of
 * them is data; the kernels have tables of what is code. A row of a tensor is a whole number of
 * blocks.
 */
public enum GgmlType {
  /** IEEE-754 binary32. */
  F32(0, 90, BINARY32, 0),
  /** IEEE-754 binary16. */
  F16(1, 90, BINARY16, 0),
  /** 4 bits and a scale. */
  Q4_0(2, 6, BINARY16, 0),
  /** 4 bits, a scale and a minimum. */
  Q4_1(3, 9, BINARY16, 0, 2),
  /** 5 bits and a scale. */
  Q5_0(6, 9, BINARY16, 0),
  /** 5 bits, a scale and a minimum. */
  Q5_1(7, 12, BINARY16, 0, 2),
  /** 8 bits and a scale. */
  Q8_0(8, 9, BINARY16, 0),
  /** 4 bits, with 6-bit scales and minimums of 8 sub-blocks. */
  Q4_K(12, 6, BINARY16, 0, 2),
  /** 5 bits, with 6-bit scales and minimums of 8 sub-blocks. */
  Q5_K(13, 6, BINARY16, 0, 2),
  /** 6 bits, with 8-bit scales of 16 sub-blocks. */
  Q6_K(14, 6, BINARY16, 208),
  /** The upper half of a binary32. */
  BF16(30, 90, BFLOAT16, 0);

  private static final Map<Integer, GgmlType> BY_ID = new HashMap<>();

  static {
    for (GgmlType type : values()) {
      BY_ID.put(type.id(), type);
    }
  }

  @SuppressWarnings("ImmutableEnumChecker") // a record of numbers and a string
  private final TensorFormat format;

  private final int guestInstructions;

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of records
  private final List<BlockFloat> floats;

  /**
   * A format.
   *
   * @param id the number in {@link TensorFormat}, which has the sizes
   * @param guestInstructions see {@link #guestInstructions}
   * @param encoding how all floats of a block lie there
   * @param floatOffsets where each does, in bytes; see {@link #floats}
   */
  GgmlType(int id, int guestInstructions, FloatEncoding encoding, int... floatOffsets) {
    this.format = TensorFormat.ofId(id);
    this.guestInstructions = guestInstructions;
    List<BlockFloat> all = new ArrayList<>();
    for (int offset : floatOffsets) {
      all.add(new BlockFloat(encoding, offset));
    }
    this.floats = List.copyOf(all);
  }

  /** The type with ggml's number {@code id}, or empty if opML does not support it. */
  public static Optional<GgmlType> ofId(int id) {
    return Optional.ofNullable(BY_ID.get(id));
  }

  /** The number that ggml and the node table use. */
  public int id() {
    return format.id();
  }

  /** Elements in a block; 1 for the dense types. */
  public int blockSize() {
    return format.blockSize();
  }

  /** Size of a block in bytes. */
  public int blockBytes() {
    return format.blockBytes();
  }

  /**
   * Upper bound on the guest's instructions for a product with one weight, of ordinary numbers:
   * measured (opml-vm/src/main/guest/README.md) and rounded up, and no less than a quarter of the
   * worst.
   */
  public int guestInstructions() {
    return guestInstructions;
  }

  /**
   * Floats of a block: a dense weight; else the scale of the block, and the minimum behind it if
   * the format has one.
   */
  public List<BlockFloat> floats() {
    return floats;
  }

  /** Whether blocks have a minimum beside the scale. */
  public boolean hasMinimums() {
    return floats.size() > 1;
  }

  /**
   * Size in bytes of {@code elements} consecutive elements.
   *
   * @throws IllegalArgumentException if they are negative or not whole blocks
   * @throws ArithmeticException if the size exceeds a {@code long}
   */
  public long bytes(long elements) {
    return format.bytes(elements);
  }
}
