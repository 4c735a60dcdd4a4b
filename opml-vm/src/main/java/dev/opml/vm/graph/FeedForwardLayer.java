package dev.opml.vm.graph;

import dev.opml.vm.graph.Slices.Slice;

/**
 * A layer of a {@link FeedForwardModel}.
 *
 * @param columns elements of its input
 * @param rows elements of its output
 * @param matrix the matrix
 * @param bias F32 vector that is added to its products, by address; 0 for none
 * @param activation function of the sums
 */
public record FeedForwardLayer(
    int columns, int rows, Weight matrix, long bias, Activation activation) {
  /** Part of the layer as a row of the node table. */
  Project project(Slice slice, long in, long out) {
    return new Project(
        columns,
        slice.first(),
        slice.count(),
        matrix,
        bias,
        activation,
        Weight.NONE,
        0,
        1,
        0,
        in,
        out,
        0);
  }
}
