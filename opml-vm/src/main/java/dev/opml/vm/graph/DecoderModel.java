package dev.opml.vm.graph;

import dev.opml.api.TokenIds;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A decoder-only model, whatever its architecture: what {@link DecoderGraph} makes rows of.
 *
 * @param shape sizes
 * @param stopTokens tokens that end a text
 * @param normEpsilon epsilon of all norms
 * @param embedding embedding matrix
 * @param embeddingScale what its rows are multiplied by
 * @param layers the layers
 * @param outputNorm weights of the last norm
 * @param output matrix of the logits
 * @param logitScale what logits are multiplied by
 * @param logitCap soft cap of logits; 0 for none
 */
public record DecoderModel(
    DecoderShape shape,
    TokenIds stopTokens,
    float normEpsilon,
    Weight embedding,
    float embeddingScale,
    List<DecoderLayer> layers,
    long outputNorm,
    Weight output,
    float logitScale,
    float logitCap)
    implements Model {
  private static final int MOST_CONTEXT = 8192;

  /** Copies the layers. */
  public DecoderModel {
    layers = List.copyOf(layers);
  }

  @Override
  public int vocabularySize() {
    return shape.vocabularySize();
  }

  @Override
  public int inputBytes() {
    return 0;
  }

  /** The limit that is asked for; else what the file says, at most 8192. */
  @Override
  public int contextLimit(int asked) {
    return asked != 0 ? asked : Math.min(shape.trainedContext(), MOST_CONTEXT);
  }

  @Override
  public Set<RopeAngles> rotations() {
    return layers.stream()
        .map(layer -> layer.attention().rope())
        .filter(angles -> angles.dimension() != 0)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Override
  public NodeTable table(int contextLimit, Map<RopeAngles, Long> ropeTables) {
    return new DecoderGraph(this, contextLimit, ropeTables).table();
  }
}
