package dev.opml.benchmarks.synthetic;

/**
 * Sizes of a model of the LLaMA architecture.
 *
 * @param dim length of the residual stream, elements; a multiple of {@code heads}
 * @param layers number of layers
 * @param heads query heads
 * @param kvHeads key/value heads; divides {@code heads}
 * @param ffn length of the feed-forward block's hidden vector, elements
 * @param vocabulary number of tokens
 * @param context context length, tokens
 */
public record ModelShape(
    int dim, int layers, int heads, int kvHeads, int ffn, int vocabulary, int context) {
  /** As GPT-2's smallest and {@code stories110M}. */
  static final ModelShape M110 = new ModelShape(768, 12, 12, 12, 2048, 32000, 2048);

  /** As TinyLlama 1.1B: grouped-query attention. */
  static final ModelShape B1 = new ModelShape(2048, 22, 32, 4, 5632, 32000, 2048);

  /** As Llama 2 7B. */
  static final ModelShape B7 = new ModelShape(4096, 32, 32, 32, 11008, 32000, 4096);

  /** Refuses sizes that do not fit together. */
  public ModelShape {
    require(dim > 0 && layers > 0 && ffn > 0 && context > 0, "a size is not positive");
    require(heads > 0 && dim % (2 * heads) == 0, "dim is not an even number for each head");
    require(kvHeads > 0 && heads % kvHeads == 0, "the key/value heads do not divide the heads");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /**
   * The shape of a name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static ModelShape named(String name) {
    return switch (name) {
      case "110m" -> M110;
      case "1b" -> B1;
      case "7b" -> B7;
      default -> throw new IllegalArgumentException("no shape " + name + ": 110m, 1b or 7b");
    };
  }

  /** Elements a head. */
  int headDim() {
    return dim / heads;
  }

  /** Length of a position's keys, and of its values. */
  int keyLength() {
    return kvHeads * headDim();
  }
}
