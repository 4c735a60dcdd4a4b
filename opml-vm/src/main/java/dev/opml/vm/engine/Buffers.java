package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.MatrixOperation;
import dev.opml.vm.graph.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The vectors that a node table names, found by their addresses. Immutable. */
final class Buffers {
  private final Map<Long, Buffer> byAddress = new HashMap<>();
  private final List<Buffer> all = new ArrayList<>();
  private int longestInput;

  /**
   * Collects the vectors of all rows.
   *
   * @throws IllegalArgumentException if vectors overlap, start inside a slot, or leave the state
   *     region, or a slice of one is not whole slots
   */
  Buffers(List<GraphRow> rows) {
    TreeMap<Long, Integer> lengths = new TreeMap<>();
    Map<Long, NavigableSet<Integer>> cuts = new HashMap<>();
    TreeSet<Long> writtenAlways = new TreeSet<>();
    for (GraphRow row : rows) {
      for (Span span : vectors(row.operation().reads())) {
        lengths.merge(span.address(), span.end(), Math::max);
      }
      for (Span span : vectors(row.operation().writes())) {
        lengths.merge(span.address(), span.end(), Math::max);
        Set<Integer> ends = cuts.computeIfAbsent(span.address(), address -> new TreeSet<>());
        ends.add(span.first());
        ends.add(Buffer.padded(span.end()));
        if (!row.sampled()) {
          writtenAlways.add(span.address());
        }
      }
      if (row.operation() instanceof MatrixOperation operation) {
        longestInput = Math.max(longestInput, operation.n());
      }
    }
    rows.forEach(row ->
        vectors(row.operation().writes())
            .forEach(span -> {
              requireSlots(span, lengths.getOrDefault(span.address(), 0));
            }));
    long free = MemoryRegion.STATE.base();
    for (Map.Entry<Long, Integer> entry : lengths.entrySet()) {
      long address = entry.getKey();
      Buffer buffer =
          new Buffer(
              all.size(),
              address,
              entry.getValue(),
              !writtenAlways.contains(address),
              cuts.getOrDefault(address, new TreeSet<>()));
      if (address < free || address % MemoryRegion.LEAF_SIZE != 0) {
        throw new IllegalArgumentException(
            "vector at 0x%x overlaps or is not aligned".formatted(address));
      }
      free = address + (long) Float.BYTES * buffer.padded();
      all.add(buffer);
      byAddress.put(address, buffer);
    }
    if (free > MemoryRegion.STATE.base() + MemoryRegion.STATE.size()) {
      throw new IllegalArgumentException("vectors end at 0x%x, outside state".formatted(free));
    }
  }

  /** Whoever writes part of a slot zeroes the rest of it: that must be padding. */
  private static void requireSlots(Span span, int length) {
    if (span.first() != Buffer.padded(span.first())
        || (span.end() != Buffer.padded(span.end()) && span.end() != length)) {
      throw new IllegalArgumentException(
          "elements %d to %d of the %d at 0x%x are not whole slots"
              .formatted(span.first(), span.end(), length, span.address()));
    }
  }

  private static List<Span> vectors(List<Span> spans) {
    return spans.stream().filter(span -> !span.cached()).toList();
  }

  /** The vector at an address that a row names. */
  Buffer at(long address) {
    Buffer buffer = byAddress.get(address);
    if (buffer == null) {
      throw new IllegalArgumentException("no vector at 0x%x".formatted(address));
    }
    return buffer;
  }

  /** All vectors, ascending by address. */
  List<Buffer> all() {
    return all;
  }

  /** Elements of the longest vector that a matrix is multiplied with. */
  int longestInput() {
    return longestInput;
  }

  /** Elements of the longest vector. */
  int longest() {
    return all.stream().mapToInt(Buffer::padded).max().orElse(0);
  }
}
