package dev.opml.vm.architecture;

import static dev.opml.vm.architecture.SourceFile.require;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.FeedForwardLayer;
import dev.opml.vm.graph.FeedForwardModel;
import dev.opml.vm.graph.Model;
import java.util.ArrayList;
import java.util.List;

/**
 * Fully connected layers {@code fc1}, {@code fc2}, … with ReLU between them, on bytes times the
 * binary32 next to 1/255. The first matrix may have more columns than there are bytes, which meet
 * zeros: formats in blocks need whole ones. No key is needed: without them, the lengths are those
 * of the matrices.
 */
final class FullyConnected implements Architecture {
  private static final float SCALE = 1f / 255;

  @Override
  public String name() {
    return "mnist-fc";
  }

  @Override
  public Model read(SourceFile file) {
    List<FeedForwardLayer> layers = new ArrayList<>();
    int columns = SourceFile.size(file.tensor("fc1.weight").columns(), "columns of fc1.weight:");
    int inputs = file.optionalInt("input_length", columns);
    require(
        inputs >= 1 && inputs <= columns,
        "fc1.weight has " + columns + " columns for " + inputs + " bytes");
    for (String name = "fc1"; file.has(name + ".weight"); name = "fc" + (layers.size() + 1)) {
      boolean last = !file.has("fc" + (layers.size() + 2) + ".weight");
      int rows =
          SourceFile.size(file.tensor(name + ".weight").rows(), "rows of " + name + ".weight:");
      layers.add(
          new FeedForwardLayer(
              columns,
              rows,
              file.matrix(name, columns, rows),
              file.optionalBias(name, rows),
              last ? Activation.NONE : Activation.RELU));
      columns = rows;
    }
    requireLengths(file, layers);
    return new FeedForwardModel(inputs, SCALE, layers);
  }

  /** Lengths that the file need not state; rows of a hidden layer may be more than its length. */
  private static void requireLengths(SourceFile file, List<FeedForwardLayer> layers) {
    int rows = layers.getLast().rows();
    int outputs = file.optionalInt("output_length", rows);
    require(outputs == rows, "the last layer has " + rows + " rows for " + outputs + " outputs");
    int hidden = file.optionalInt("hidden_length", 0);
    int most = layers.size() == 1 ? 0 : layers.getFirst().rows();
    require(hidden <= most, "fc1.weight has " + most + " rows for " + hidden + " hidden elements");
  }
}
