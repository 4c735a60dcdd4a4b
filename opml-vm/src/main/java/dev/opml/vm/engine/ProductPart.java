package dev.opml.vm.engine;

import dev.opml.vm.kernel.WeightMatrix;
import java.util.List;

/**
 * A row that multiplies, with what follows row by row: one of those that share an input vector.
 * Immutable and shared by sessions.
 */
interface ProductPart {
  /** The matrices. */
  List<WeightMatrix> matrices();

  /** The rows to compute for the slots of a batch. */
  Product.Rows rows(Batch batch);

  /** Reports what was computed. */
  void report(Batch batch);
}
