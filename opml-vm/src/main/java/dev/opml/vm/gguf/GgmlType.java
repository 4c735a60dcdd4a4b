package dev.opml.vm.gguf;

import java.util.Optional;

/**
 * The tensor element formats that opML computes with, of those in {@link TensorFormat}. A row of a
 * tensor is a whole number of blocks.
 */
public enum GgmlType {
  /** IEEE-754 binary32. */
  F32(0),
  /** IEEE-754 binary16. */
  F16(1),
  /** 4 bits and a scale. */
  Q4_0(2),
  /** 4 bits, a scale and a minimum. */
  Q4_1(3),
  /** 5 bits and a scale. */
  Q5_0(6),
  /** 5 bits, a scale and a minimum. */
  Q5_1(7),
  /** 8 bits and a scale. */
  Q8_0(8),
  /** 4 bits, with 6-bit scales and minimums of 8 sub-blocks. */
  Q4_K(12),
  /** 5 bits, with 6-bit scales and minimums of 8 sub-blocks. */
  Q5_K(13),
  /** 6 bits, with 8-bit scales of 16 sub-blocks. */
  Q6_K(14),
  /** The upper half of a binary32. */
  BF16(30);

  private static final GgmlType[] BY_ID = new GgmlType[31];

  static {
    for (GgmlType type : values()) {
      BY_ID[type.id()] = type;
    }
  }

  @SuppressWarnings("ImmutableEnumChecker") // a record of numbers and a string
  private final TensorFormat format;

  GgmlType(int id) {
    this.format = TensorFormat.ofId(id);
  }

  /** The type with ggml's number {@code id}, or empty if opML does not support it. */
  public static Optional<GgmlType> ofId(int id) {
    return id >= 0 && id < BY_ID.length ? Optional.ofNullable(BY_ID[id]) : Optional.empty();
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
   * Size in bytes of {@code elements} consecutive elements.
   *
   * @throws IllegalArgumentException if they are negative or not whole blocks
   * @throws ArithmeticException if the size exceeds a {@code long}
   */
  public long bytes(long elements) {
    return format.bytes(elements);
  }
}
