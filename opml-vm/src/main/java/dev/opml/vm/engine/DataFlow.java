package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks what batches and threads rest on. At every position, rows read only what rows before them
 * have written at that position: a table that carried a vector over from one position to the next
 * would mean something else in a batch. And no product replaces its own input, which another thread
 * may still be reading.
 */
final class DataFlow {
  private final Map<Long, BitSet> writtenAlways = new HashMap<>();
  private final Map<Long, BitSet> writtenSampled = new HashMap<>();
  private final Set<Long> caches = new HashSet<>();

  /**
   * Checks a node table.
   *
   * @throws IllegalArgumentException if a row reads something that may be of an earlier position,
   *     or a product writes what it reads
   */
  static void check(Iterable<GraphRow> rows) {
    DataFlow flow = new DataFlow();
    int number = 0;
    for (GraphRow row : rows) {
      if (!flow.readsWhatIsWritten(row)) {
        throw new IllegalArgumentException(
            "row %d, %s, reads what is not written before it at the same position"
                .formatted(number, row.operator()));
      }
      if (isProduct(row) && row.in() == row.out()) {
        throw new IllegalArgumentException(
            "row %d, %s, writes the vector that it multiplies: 0x%x"
                .formatted(number, row.operator(), row.in()));
      }
      flow.write(row);
      number++;
    }
  }

  private static boolean isProduct(GraphRow row) {
    return switch (row.operator()) {
      case QKV, GATE_UP, MATMUL, MATMUL_ADD -> true;
      case EMBED, RMS_NORM, ATTENTION, SAMPLE -> false;
    };
  }

  private boolean readsWhatIsWritten(GraphRow row) {
    int end = row.first() + row.count();
    return switch (row.operator()) {
      case EMBED -> true;
      case ATTENTION -> reads(row, row.in(), 0, row.n()) && caches.contains(row.aux());
      case MATMUL_ADD ->
          reads(row, row.in(), 0, row.n()) && reads(row, row.aux(), row.first(), end);
      default -> reads(row, row.in(), 0, row.n());
    };
  }

  private boolean reads(GraphRow row, long address, int first, int end) {
    BitSet missing = new BitSet();
    missing.set(first, end);
    missing.andNot(written(writtenAlways, address));
    if (row.sampled()) {
      missing.andNot(written(writtenSampled, address));
    }
    return missing.isEmpty();
  }

  private void write(GraphRow row) {
    BitSet bits = written(row.sampled() ? writtenSampled : writtenAlways, row.out());
    int unit = 1;
    switch (row.operator()) {
      case EMBED, RMS_NORM -> bits.set(0, row.n());
      case QKV -> {
        caches.add(row.aux());
        unit = row.headDim();
      }
      case ATTENTION -> unit = row.headDim();
      default -> {}
    }
    bits.set(row.first() * unit, (row.first() + row.count()) * unit);
  }

  private static BitSet written(Map<Long, BitSet> all, long address) {
    return all.computeIfAbsent(address, key -> new BitSet());
  }
}
