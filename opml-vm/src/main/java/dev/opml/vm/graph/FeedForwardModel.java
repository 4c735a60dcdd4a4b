package dev.opml.vm.graph;

import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.Slices.Slice;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plain feed-forward network, from a vector of bytes to the index of the largest output.
 *
 * @param inputBytes bytes of the vector; columns of the first matrix behind them are for padding
 * @param inputScale factor of every byte
 * @param layers the layers, at least one; each has as many columns as the one before has rows
 */
public record FeedForwardModel(int inputBytes, float inputScale, List<FeedForwardLayer> layers)
    implements Model {
  private static final int CONTEXT = 2;

  /**
   * Copies the layers.
   *
   * @throws IllegalArgumentException if there is none, or one does not fit the one before
   */
  public FeedForwardModel {
    layers = List.copyOf(layers);
    if (layers.isEmpty() || inputBytes < 1 || inputBytes > layers.getFirst().columns()) {
      throw new IllegalArgumentException(inputBytes + " bytes for " + layers.size() + " layers");
    }
    for (int i = 1; i < layers.size(); i++) {
      if (layers.get(i).columns() != layers.get(i - 1).rows()) {
        throw new IllegalArgumentException(
            "layer %d has %d columns, the one before %d rows"
                .formatted(i, layers.get(i).columns(), layers.get(i - 1).rows()));
      }
    }
  }

  @Override
  public int vocabularySize() {
    return layers.getLast().rows();
  }

  @Override
  public TokenIds stopTokens() {
    return TokenIds.EMPTY;
  }

  /** Room for the vector and the index, whatever is asked for. */
  @Override
  public int contextLimit(int asked) {
    return CONTEXT;
  }

  @Override
  public Set<RopeAngles> rotations() {
    return Set.of();
  }

  @Override
  public NodeTable table(int contextLimit, Map<RopeAngles, Long> ropeTables) {
    NodeTable.Builder table = new NodeTable.Builder(contextLimit);
    long in = MemoryRegion.STATE.base();
    int width = layers.getFirst().columns();
    table.add(new Bytes(width, inputScale, in));
    for (int i = 0; i < layers.size(); i++) {
      FeedForwardLayer layer = layers.get(i);
      long out = in + StateLayout.floats(width);
      table.layer(i);
      for (Slice slice : Slices.rows(layer.rows(), layer.columns(), List.of(layer.matrix()))) {
        table.add(layer.project(slice, in, out));
      }
      in = out;
      width = layer.rows();
    }
    table.layer(-1);
    table.addSampled(new Sample(width, in));
    return table.build(in + StateLayout.floats(width));
  }
}
