package dev.opml.vm.gguf;

import java.util.Optional;

/**
 * The tensor element formats that opML computes with. A row of a tensor is a whole number of
 * blocks.
 */
public enum GgmlType {
  /** IEEE-754 binary32. */
  F32(0, 1, 4),
  /** IEEE-754 binary16. */
  F16(1, 1, 2),
  /** 4 bits and a scale. */
  Q4_0(2, 32, 18),
  /** 4 bits, a scale and a minimum. */
  Q4_1(3, 32, 20),
  /** 5 bits and a scale. */
  Q5_0(6, 32, 22),
  /** 5 bits, a scale and a minimum. */
  Q5_1(7, 32, 24),
  /** 8 bits and a scale. */
  Q8_0(8, 32, 34),
  /** 4 bits, with 6-bit scales and minimums of 8 sub-blocks. */
  Q4_K(12, 256, 144),
  /** 5 bits, with 6-bit scales and minimums of 8 sub-blocks. */
  Q5_K(13, 256, 176),
  /** 6 bits, with 8-bit scales of 16 sub-blocks. */
  Q6_K(14, 256, 210),
  /** The upper half of a binary32. */
  BF16(30, 1, 2);

  private static final GgmlType[] BY_ID = new GgmlType[31];

  static {
    for (GgmlType type : values()) {
      BY_ID[type.id] = type;
    }
  }

  private final int id;
  private final int blockSize;
  private final int blockBytes;

  GgmlType(int id, int blockSize, int blockBytes) {
    this.id = id;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /** The type with ggml's number {@code id}, or empty if opML does not support it. */
  public static Optional<GgmlType> ofId(int id) {
    return id >= 0 && id < BY_ID.length ? Optional.ofNullable(BY_ID[id]) : Optional.empty();
  }

  /** The number that ggml and the node table use. */
  public int id() {
    return id;
  }

  /** Elements in a block; 1 for the dense types. */
  public int blockSize() {
    return blockSize;
  }

  /** Size of a block in bytes. */
  public int blockBytes() {
    return blockBytes;
  }

  /**
   * Size in bytes of {@code elements} consecutive elements.
   *
   * @throws IllegalArgumentException if they are negative or not whole blocks
   * @throws ArithmeticException if the size exceeds a {@code long}
   */
  public long bytes(long elements) {
    if (elements < 0 || elements % blockSize != 0) {
      throw new IllegalArgumentException(
          elements + " elements are not whole " + this + " blocks of " + blockSize);
    }
    return Math.multiplyExact(elements / blockSize, (long) blockBytes);
  }
}
