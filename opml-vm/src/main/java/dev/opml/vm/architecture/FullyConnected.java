package dev.opml.vm.architecture;

import static dev.opml.vm.architecture.SourceFile.require;

import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.FeedForwardLayer;
import dev.opml.vm.graph.FeedForwardModel;
import dev.opml.vm.graph.Model;
import java.util.ArrayList;
import java.util.List;

/**
 * Fully connected layers {@code fc1}, {@code fc2}, … on bytes divided by 255, ReLU between them.
 * Matrices of formats in blocks may have columns and rows of zeros, up to a whole block.
 */
final class FullyConnected implements Architecture {
  private static final float SCALE = 1f / 255;

  @Override
  public String name() {
    return "mnist-fc";
  }

  @Override
  public Model read(SourceFile file) {
    int inputs = file.size("input_length");
    int outputs = file.size("output_length");
    file.optionalInt("hidden_length", 0); // says how many rows are more than padding
    List<FeedForwardLayer> layers = new ArrayList<>();
    int columns = SourceFile.size(file.tensor("fc1.weight").columns(), "columns of fc1.weight:");
    require(columns >= inputs, "fc1.weight has " + columns + " columns for " + inputs + " bytes");
    for (String name = "fc1"; file.has(name + ".weight"); name = "fc" + (layers.size() + 1)) {
      boolean last = !file.has("fc" + (layers.size() + 2) + ".weight");
      int rows =
          last
              ? outputs
              : SourceFile.size(
                  file.tensor(name + ".weight").rows(), "rows of " + name + ".weight:");
      layers.add(
          new FeedForwardLayer(
              columns,
              rows,
              file.matrix(name, columns, rows),
              file.optionalBias(name, rows),
              last ? Activation.NONE : Activation.RELU));
      columns = rows;
    }
    return new FeedForwardModel(inputs, SCALE, layers);
  }
}
