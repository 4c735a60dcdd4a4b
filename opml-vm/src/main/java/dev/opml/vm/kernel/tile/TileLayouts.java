package dev.opml.vm.kernel.tile;

import dev.opml.vm.gguf.GgmlType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The layouts of all weight formats in tiles, by type. */
public final class TileLayouts {
  private static final Map<GgmlType, TileLayout> TABLE = new EnumMap<>(GgmlType.class);

  static {
    for (GgmlType type : GgmlType.values()) {
      TABLE.put(type, make(type));
    }
  }

  private TileLayouts() {}

  /** The layout of a type. */
  public static TileLayout of(GgmlType type) {
    return Objects.requireNonNull(TABLE.get(type));
  }

  private static TileLayout make(GgmlType type) {
    return switch (type) {
      case F32, F16, BF16 -> new DenseLayout(type.floats().getFirst().encoding());
      case Q8_0 -> new ByteLayout();
      case Q4_0, Q4_1, Q4_K -> new NibbleLayout(type, 4);
      case Q5_0, Q5_1, Q5_K -> new NibbleLayout(type, 5);
      case Q6_K -> new NibbleLayout(type, 6);
    };
  }
}
