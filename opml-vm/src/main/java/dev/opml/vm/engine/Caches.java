package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.Attention;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Heads;
import dev.opml.vm.kernel.attention.KvLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The KV caches that a node table names, found by the address of their first row. Immutable. */
final class Caches {
  private static final int HALF_BYTES = 2;

  private final Map<Long, KvLayout> layouts = new LinkedHashMap<>();
  private final Map<Long, CachePlace> places = new LinkedHashMap<>();

  /**
   * Collects the caches that attention reads.
   *
   * @throws IllegalArgumentException if keys and values are no rows of one cache
   */
  Caches(List<GraphRow> rows) {
    for (GraphRow row : rows) {
      if (row.operation() instanceof Attention attention) {
        note(attention);
      }
    }
    for (GraphRow row : rows) {
      if (row.operation() instanceof Heads heads && heads.cached()) {
        check(heads);
      }
    }
  }

  private void note(Attention attention) {
    long values = attention.values() - attention.keys();
    long size = padded((long) HALF_BYTES * attention.headDim() * attention.kvEnd());
    if (values < size
        || values + size > attention.stride()
        || values != padded(values)
        || attention.keys() != padded(attention.keys())
        || attention.stride() != padded(attention.stride())) {
      throw new IllegalArgumentException(
          "keys at 0x%x and values at 0x%x are no KV rows of %d bytes"
              .formatted(attention.keys(), attention.values(), attention.stride()));
    }
    KvLayout layout =
        new KvLayout(attention.kvEnd(), attention.headDim(), attention.stride(), (int) values);
    layouts.merge(attention.keys(), layout, Caches::larger);
    places.put(attention.keys(), new CachePlace(attention.keys(), false));
    places.put(attention.values(), new CachePlace(attention.keys(), true));
  }

  private static long padded(long bytes) {
    return (bytes + MemoryRegion.LEAF_SIZE - 1) & -MemoryRegion.LEAF_SIZE;
  }

  private static KvLayout larger(KvLayout a, KvLayout b) {
    KvLayout larger = a.heads() > b.heads() ? a : b;
    if (!larger.equals(new KvLayout(larger.heads(), b.headDim(), b.stride(), b.valueOffset()))
        || a.headDim() != b.headDim()) {
      throw new IllegalArgumentException("one KV cache has two layouts: " + a + " and " + b);
    }
    return larger;
  }

  private void check(Heads heads) {
    KvLayout layout = layouts.get(place(heads).base());
    if (layout == null
        || heads.headDim() != layout.headDim()
        || heads.stride() != layout.stride()
        || heads.first() + heads.count() > layout.heads()
        || !isSlots(heads, layout)) {
      throw new IllegalArgumentException(
          "%s does not fit the KV rows at 0x%x: %s".formatted(heads, heads.out(), layout));
    }
  }

  /** Whether heads begin and end where slots do, or at the end of all. */
  private static boolean isSlots(Heads heads, KvLayout layout) {
    long first = (long) HALF_BYTES * heads.rowFirst();
    long end = (long) HALF_BYTES * heads.rowEnd();
    return first == padded(first)
        && (end == padded(end) || heads.first() + heads.count() == layout.heads());
  }

  /**
   * The place that a row stores its heads in.
   *
   * @throws IllegalArgumentException if no attention reads them
   */
  CachePlace place(Heads heads) {
    CachePlace place = places.get(heads.out());
    if (place == null) {
      throw new IllegalArgumentException("no KV rows at 0x%x".formatted(heads.out()));
    }
    return place;
  }

  /** The caches, by the address of their first row. */
  Map<Long, KvLayout> layouts() {
    return layouts;
  }
}
