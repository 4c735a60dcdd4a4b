package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.kernel.attention.KvLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The parts of the state region that vectors and KV caches take: they are disjoint. */
final class StateRanges {
  private record Range(long start, long end) {}

  private StateRanges() {}

  /**
   * Checks that nothing overlaps.
   *
   * @throws IllegalArgumentException if something does, or leaves the region
   */
  static void check(Buffers buffers, Caches caches, int contextLimit) {
    List<Range> ranges = new ArrayList<>();
    for (Buffer buffer : buffers.all()) {
      long bytes = (long) Float.BYTES * buffer.padded();
      ranges.add(new Range(buffer.address(), buffer.address() + bytes));
    }
    for (Map.Entry<Long, KvLayout> cache : caches.layouts().entrySet()) {
      long bytes = (long) cache.getValue().stride() * contextLimit;
      ranges.add(new Range(cache.getKey(), cache.getKey() + bytes));
    }
    ranges.sort(Comparator.comparingLong(Range::start));
    long free = MemoryRegion.STATE.base();
    long stateEnd = MemoryRegion.STATE.base() + MemoryRegion.STATE.size();
    for (Range range : ranges) {
      if (range.start() < free || range.start() >= stateEnd || range.end() > stateEnd) {
        throw new IllegalArgumentException(
            "0x%x to 0x%x overlaps something or is not in state"
                .formatted(range.start(), range.end()));
      }
      free = range.end();
    }
  }
}
