package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The weights that a node table names. Slices of one matrix share one packed copy. */
final class Weights {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Kernels kernels;
  private final MemorySegment model;
  private final Arena arena;
  private final Map<Weight, Integer> rowCounts = new HashMap<>();
  private final Map<Weight, WeightMatrix> matrices = new HashMap<>();

  /**
   * Finds out how many rows of each matrix are used.
   *
   * @param kernels what multiplies
   * @param model the model region's bytes, from its base
   * @param rows the node table
   * @param arena owns packed copies
   */
  Weights(Kernels kernels, MemorySegment model, List<GraphRow> rows, Arena arena) {
    this.kernels = kernels;
    this.arena = arena;
    this.model = model;
    for (GraphRow row : rows) {
      int end = row.first() + row.count();
      switch (row.operator()) {
        case QKV -> {
          note(row.a(), end * row.headDim());
          int kvEnd = (row.kvFirst() + row.kvCount()) * row.headDim();
          note(row.b(), kvEnd);
          note(row.c(), kvEnd);
        }
        case GATE_UP -> {
          note(row.a(), end);
          note(row.b(), end);
        }
        case MATMUL, MATMUL_ADD -> note(row.a(), end);
        default -> {}
      }
    }
  }

  private void note(Weight weight, int rows) {
    rowCounts.merge(weight, rows, Math::max);
  }

  /** The matrix of a row whose input has {@code columns} elements. */
  WeightMatrix matrix(Weight weight, int columns) {
    return matrices.computeIfAbsent(
        weight,
        w -> {
          int rows = rowCounts.getOrDefault(w, 0);
          long bytes = rows * w.type().bytes(columns);
          return kernels.matrix(w.type(), bytes(w).asSlice(0, bytes), rows, columns, arena);
        });
  }

  /** A vector of {@code n} F32 elements. */
  float[] vector(Weight weight, int n) {
    float[] values = new float[n];
    MemorySegment.copy(bytes(weight), FLOAT, 0, values, 0, n);
    return values;
  }

  /** The model from a weight's first byte on. */
  MemorySegment bytes(Weight weight) {
    return model.asSlice(weight.address() - MemoryRegion.MODEL.base());
  }
}
