package dev.opml.vm.engine;

import dev.opml.vm.kernel.Kernels;
import java.util.List;

/**
 * Consecutive rows that multiply matrices with the same vector, as one set of tasks: HEADS and
 * PROJECT.
 */
final class ProductStep implements Step {
  private final Product product;
  private final List<ProductPart> parts;

  ProductStep(Kernels kernels, Buffer in, int n, List<ProductPart> parts) {
    this.parts = List.copyOf(parts);
    product =
        new Product(
            kernels, in, n, parts.stream().flatMap(part -> part.matrices().stream()).toList());
  }

  @Override
  public void run(Batch batch) {
    product.compute(
        batch, parts.stream().map(part -> part.rows(batch)).toArray(Product.Rows[]::new));
    int first = batch.row;
    for (int i = 0; i < parts.size(); i++) {
      batch.row = first + i;
      parts.get(i).report(batch);
    }
  }
}
