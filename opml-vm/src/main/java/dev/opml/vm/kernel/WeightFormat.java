package dev.opml.vm.kernel;

import dev.opml.vm.gguf.FloatEncoding;
import dev.opml.vm.gguf.GgmlType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The code of a weight format: how the reference reads it, how it lies in tiles, and how plain
 * loops multiply those. What is data about it is in {@link GgmlType}; vector kernels are generated,
 * and with them the table {@code TileFormats}. Nothing else switches on types. Immutable and
 * thread-safe.
 *
 * @param emptyRow a row without columns, of which {@link #row} makes others
 * @param layout how rows lie in tiles
 * @param loops how plain loops multiply tiles
 * @param activationBlock elements of a block of the int8 activations that it is multiplied with; 0
 *     if it is multiplied with floats
 */
record WeightFormat(WeightRow emptyRow, TileLayout layout, BandProduct loops, int activationBlock) {
  private static final Map<GgmlType, WeightFormat> TABLE = new EnumMap<>(GgmlType.class);

  static {
    for (GgmlType type : GgmlType.values()) {
      TABLE.put(type, make(type));
    }
  }

  /** The format of a type. */
  static WeightFormat of(GgmlType type) {
    return Objects.requireNonNull(TABLE.get(type));
  }

  private static WeightFormat make(GgmlType type) {
    return switch (type) {
      case F32, F16, BF16 -> dense(type);
      case Q8_0 -> bytes(type);
      case Q4_0, Q4_1 -> nibbles(type, 4, new BlockRow(type, 4, 0));
      case Q5_0, Q5_1 -> nibbles(type, 5, new BlockRow(type, 5, 0));
      case Q4_K -> nibbles(type, 4, new PackedScalesRow(type, 4, 0));
      case Q5_K -> nibbles(type, 5, new PackedScalesRow(type, 5, 0));
      case Q6_K -> nibbles(type, 6, new ByteScalesRow(type, 0));
    };
  }

  private static WeightFormat dense(GgmlType type) {
    FloatEncoding encoding = type.floats().getFirst().encoding();
    return new WeightFormat(
        new DenseRow(type, 0), new DenseLayout(encoding), new DenseBand(encoding), 0);
  }

  private static WeightFormat bytes(GgmlType type) {
    WeightRow row = new BlockRow(type, Byte.SIZE, 0);
    return new WeightFormat(row, new ByteLayout(), new ByteBand(), type.blockSize());
  }

  /** A format of 4, 5 or 6 bits. */
  private static WeightFormat nibbles(GgmlType type, int bits, WeightRow row) {
    NibbleLayout layout = new NibbleLayout(type, bits);
    return new WeightFormat(row, layout, new NibbleBand(layout), type.blockSize());
  }

  /**
   * A holder for rows with so many columns: the scalar reference.
   *
   * @throws IllegalArgumentException if they are not whole blocks
   */
  WeightRow row(int columns) {
    return emptyRow.withColumns(columns);
  }
}
