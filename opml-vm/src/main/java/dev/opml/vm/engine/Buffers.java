package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.GraphRow;
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
   *     region
   */
  Buffers(List<GraphRow> rows) {
    TreeMap<Long, Integer> lengths = new TreeMap<>();
    Map<Long, NavigableSet<Integer>> cuts = new HashMap<>();
    TreeSet<Long> writtenAlways = new TreeSet<>();
    for (GraphRow row : rows) {
      switch (row.operator()) {
        case EMBED -> note(lengths, row.out(), row.n());
        case QKV -> {
          noteInput(lengths, row);
          note(lengths, row.out(), (row.first() + row.count()) * row.headDim());
        }
        case RMS_NORM, ATTENTION -> {
          note(lengths, row.in(), row.n());
          note(lengths, row.out(), row.n());
        }
        case MATMUL_ADD -> {
          noteInput(lengths, row);
          note(lengths, row.aux(), row.first() + row.count());
          note(lengths, row.out(), row.first() + row.count());
        }
        case GATE_UP, MATMUL -> {
          noteInput(lengths, row);
          note(lengths, row.out(), row.first() + row.count());
        }
        case SAMPLE -> note(lengths, row.in(), row.n());
      }
      cut(cuts.computeIfAbsent(row.out(), address -> new TreeSet<>()), row);
      if (!row.sampled()) {
        writtenAlways.add(row.out());
      }
    }
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

  /** Cuts the vector that a row writes where the row begins and ends. */
  private static void cut(Set<Integer> cuts, GraphRow row) {
    int first = row.first();
    int end = first + row.count();
    switch (row.operator()) {
      case EMBED, RMS_NORM -> {
        first = 0;
        end = row.n();
      }
      case QKV, ATTENTION -> {
        first *= row.headDim();
        end *= row.headDim();
      }
      case MATMUL_ADD, GATE_UP, MATMUL, SAMPLE -> {}
    }
    cuts.add(first);
    cuts.add(Buffer.padded(end));
  }

  /** Notes the vector that a row multiplies. */
  private void noteInput(Map<Long, Integer> lengths, GraphRow row) {
    note(lengths, row.in(), row.n());
    longestInput = Math.max(longestInput, row.n());
  }

  private static void note(Map<Long, Integer> lengths, long address, int length) {
    lengths.merge(address, length, Math::max);
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
