package dev.opml.vm.architecture;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.DecoderLayer;
import dev.opml.vm.graph.DecoderLayer.SelfAttention;
import dev.opml.vm.graph.DecoderModel;
import dev.opml.vm.graph.DecoderShape;
import java.util.function.Function;

/**
 * Parts that Gemma 2 and 3 have in common: embeddings times the root of their length, GELU, a norm
 * after each block as well, and windows in most layers.
 */
final class Gemma {
  private final SourceFile source;
  private final DecoderFile file;
  private final DecoderShape shape;
  private final float scoreScale;
  private final float scoreCap;

  /**
   * Reads what all layers share.
   *
   * @param largest number of layers of the one model whose scores are scaled by another length
   */
  Gemma(SourceFile source, DecoderFile file, int largest, float scoreCap) {
    this.source = source;
    this.file = file;
    this.scoreCap = scoreCap;
    shape = file.shape();
    boolean isLargest = source.positive("block_count") == largest;
    int products = isLargest ? shape.embeddingLength() / shape.heads() : shape.headDim();
    SourceFile.require(
        products > 0,
        "an embedding length of %d for %d heads".formatted(shape.embeddingLength(), shape.heads()));
    scoreScale = DecoderBlock.scoreScale(products);
  }

  DecoderShape shape() {
    return shape;
  }

  /** A soft cap, 0 for none. */
  static float cap(SourceFile source, String name, float absent) {
    float cap = source.optionalFloat(name, absent);
    SourceFile.require(cap >= 0, source.key(name) + " " + cap);
    return cap;
  }

  /** Whether a layer has a window: the last of each {@code pattern} layers has none. */
  static boolean isLocal(DecoderBlock block, int pattern) {
    return pattern == 0 || block.index() % pattern < pattern - 1;
  }

  DecoderModel model(float logitCap, Function<DecoderBlock, SelfAttention> attention) {
    SourceFile.require(
        !source.has("output.weight"), "tensor output.weight has no place in a Gemma graph");
    float embeddingScale = (float) Math.sqrt(shape.embeddingLength());
    return file.model(shape, embeddingScale, 1, logitCap, block -> layer(block, attention));
  }

  private DecoderLayer layer(DecoderBlock block, Function<DecoderBlock, SelfAttention> attention) {
    return block.normedLayer(
        attention.apply(block).with(scoreScale, scoreCap), block.gated(Activation.GELU));
  }
}
