package dev.opml.vm.graph;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.MemoryRegion;
import java.util.ArrayList;
import java.util.List;

/** Cuts an operator's range of rows or heads into nodes that stay below the instruction limit. */
final class Slices {
  /** Rows or heads {@code [first, first + count)}. */
  record Slice(int first, int count) {}

  private static final int FLOATS_PER_LEAF = MemoryRegion.LEAF_SIZE / Float.BYTES;

  private Slices() {}

  /**
   * Fewest slices of nearly equal size.
   *
   * @param total rows or heads in all
   * @param granule slices begin at multiples of this, so that each owns whole leaves
   * @param fixedCost instructions that each slice spends whatever its size
   * @param unitCost instructions a row or head
   * @throws LimitExceededException if even one granule is above the limit
   */
  static List<Slice> cut(int total, int granule, long fixedCost, long unitCost) {
    long room = InstructionBounds.NODE_LIMIT - fixedCost;
    // Divisions only: the cost of all heads with a long context may exceed 64 bits.
    long mostUnits = room / unitCost;
    long granules = (total + granule - 1L) / granule;
    long most = mostUnits / granule;
    if (room < 0 || (most < 1 && mostUnits < total)) {
      throw new LimitExceededException(
          "nodeInstructions",
          InstructionBounds.NODE_LIMIT,
          fixedCost + unitCost * Math.min(granule, total));
    }
    long slices = most >= granules || mostUnits >= total ? 1 : (granules + most - 1) / most;
    List<Slice> cut = new ArrayList<>();
    for (long i = 0; i < slices; i++) {
      int from = (int) (granules * i / slices * granule);
      int to = (int) Math.min(granules * (i + 1) / slices * granule, total);
      cut.add(new Slice(from, to - from));
    }
    return cut;
  }

  /** Slices of an output vector, whose rows are products with all the matrices. */
  static List<Slice> rows(int outputs, int columns, List<Weight> matrices) {
    long fixed = matrices.size() * InstructionBounds.activations(columns);
    return cut(outputs, FLOATS_PER_LEAF, fixed, Project.row(columns, matrices, 1));
  }

  /** Fewest heads that fill whole leaves. */
  static int headGranule(int headDim, int elementsPerLeaf) {
    int heads = 1;
    while ((long) heads * headDim % elementsPerLeaf != 0) {
      heads++;
    }
    return heads;
  }
}
