package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.MatrixOperation;
import dev.opml.vm.graph.Span;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks what batches and threads rest on. At every position, rows read only what rows before them
 * have written at that position: a table that carried a vector over from one position to the next
 * would mean something else in a batch. And no product replaces its own input, which another thread
 * may still be reading. And no part of a KV row is written twice.
 */
final class DataFlow {
  private final Map<Place, BitSet> writtenAlways = new HashMap<>();
  private final Map<Place, BitSet> writtenSampled = new HashMap<>();

  /** A vector, or keys or values. */
  private record Place(long address, int stride) {
    static Place of(Span span) {
      return new Place(span.address(), span.stride());
    }
  }

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
      for (Span span : row.operation().reads()) {
        if (!flow.isWritten(span, row.sampled())) {
          throw new IllegalArgumentException(
              "row %d, %s, reads what is not written before it at the same position: 0x%x"
                  .formatted(number, row.operator(), span.address()));
        }
      }
      if (row.operation() instanceof MatrixOperation product && writesInput(product)) {
        throw new IllegalArgumentException(
            "row %d, %s, writes the vector that it multiplies: 0x%x"
                .formatted(number, row.operator(), product.in()));
      }
      if (flow.writesCacheAgain(row)) {
        throw new IllegalArgumentException(
            "row %d writes what a row before it wrote of the KV row".formatted(number));
      }
      flow.write(row);
      number++;
    }
  }

  private static boolean writesInput(MatrixOperation product) {
    return product.writes().stream()
        .anyMatch(span -> !span.cached() && span.address() == product.in());
  }

  private boolean isWritten(Span span, boolean sampled) {
    BitSet missing = new BitSet();
    missing.set(span.first(), span.end());
    missing.andNot(writtenAlways.getOrDefault(Place.of(span), new BitSet()));
    if (sampled) {
      missing.andNot(writtenSampled.getOrDefault(Place.of(span), new BitSet()));
    }
    return missing.isEmpty();
  }

  /**
   * Whether a row writes part of a KV row that another has written: attention between them would
   * read of other positions, in a batch, what only comes later.
   */
  private boolean writesCacheAgain(GraphRow row) {
    return row.operation().writes().stream()
        .filter(Span::cached)
        .anyMatch(span -> isTouched(writtenAlways, span) || isTouched(writtenSampled, span));
  }

  private static boolean isTouched(Map<Place, BitSet> written, Span span) {
    int first = written.getOrDefault(Place.of(span), new BitSet()).nextSetBit(span.first());
    return first >= 0 && first < span.end();
  }

  private void write(GraphRow row) {
    Map<Place, BitSet> written = row.sampled() ? writtenSampled : writtenAlways;
    for (Span span : row.operation().writes()) {
      written.computeIfAbsent(Place.of(span), place -> new BitSet()).set(span.first(), span.end());
    }
  }
}
