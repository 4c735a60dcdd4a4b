package dev.opml.vm.graph;

import dev.opml.api.TokenIds;
import java.util.List;

/**
 * A decoder-only model, whatever its architecture: what {@link DecoderGraph} makes rows of.
 *
 * @param shape sizes
 * @param stopTokens tokens that end a text
 * @param normEpsilon epsilon of all norms
 * @param embedding embedding matrix
 * @param layers the layers
 * @param outputNorm weights of the last norm
 * @param output matrix of the logits
 */
public record DecoderModel(
    DecoderShape shape,
    TokenIds stopTokens,
    float normEpsilon,
    Weight embedding,
    List<DecoderLayer> layers,
    long outputNorm,
    Weight output) {
  /** Copies the layers. */
  public DecoderModel {
    layers = List.copyOf(layers);
  }
}
