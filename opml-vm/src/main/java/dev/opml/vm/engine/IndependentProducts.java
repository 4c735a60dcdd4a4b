package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.MatrixOperation;
import dev.opml.vm.graph.Operation;
import dev.opml.vm.graph.Span;
import java.util.ArrayList;
import java.util.List;

/** Finds consecutive rows that can be computed as one set of tasks. */
final class IndependentProducts {
  private IndependentProducts() {}

  /**
   * The products from row {@code first} on that are independent of each other: of one vector, and
   * none reads or writes what another writes. Empty if the row is no product.
   */
  static List<MatrixOperation> from(List<GraphRow> rows, int first) {
    boolean sampled = rows.get(first).sampled();
    List<MatrixOperation> together = new ArrayList<>();
    for (GraphRow row : rows.subList(first, rows.size())) {
      if (!(row.operation() instanceof MatrixOperation product)
          || row.sampled() != sampled
          || !together.stream().allMatch(other -> goesWith(other, product))) {
        break;
      }
      together.add(product);
    }
    return together;
  }

  private static boolean goesWith(MatrixOperation a, MatrixOperation b) {
    return a.in() == b.in() && a.n() == b.n() && independent(a, b);
  }

  private static boolean independent(Operation a, Operation b) {
    return disjoint(a.writes(), b.reads())
        && disjoint(a.writes(), b.writes())
        && disjoint(a.reads(), b.writes());
  }

  private static boolean disjoint(List<Span> some, List<Span> others) {
    return some.stream().noneMatch(span -> others.stream().anyMatch(span::overlaps));
  }
}
