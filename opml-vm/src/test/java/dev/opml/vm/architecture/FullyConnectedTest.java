package dev.opml.vm.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import dev.opml.api.image.GraphMode;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.MissingTensorException;
import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.FeedForwardLayer;
import dev.opml.vm.graph.FeedForwardModel;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.testing.GgufWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of fully connected networks, and those that are refused with the name of what is wrong. */
class FullyConnectedTest {
  @TempDir private Path folder;

  private static GgufWriter named() {
    return new GgufWriter().text("general.architecture", "mnist-fc");
  }

  private static GgufWriter sized(int inputs, int outputs) {
    return named()
        .uint32("mnist-fc.input_length", inputs)
        .uint32("mnist-fc.output_length", outputs);
  }

  private static GgufWriter hidden(int length) {
    return sized(5, 3).uint32("mnist-fc.hidden_length", length);
  }

  private static GgufWriter tensor(GgufWriter file, String name, GgmlType type, int... shape) {
    long elements = 1;
    long[] dimensions = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      dimensions[i] = shape[i];
      elements *= shape[i];
    }
    return file.tensor(name, type.id(), new byte[(int) type.bytes(elements)], dimensions);
  }

  private static GgufWriter tensor(GgufWriter file, String name, int... shape) {
    return tensor(file, name, GgmlType.F32, shape);
  }

  private FeedForwardModel read(GgufWriter file) {
    try (GgufFile opened = GgufFile.open(file.write(folder))) {
      return (FeedForwardModel) Architectures.modelOf(opened);
    }
  }

  private void assertRefused(Class<? extends OpmlException> type, String name, GgufWriter file) {
    OpmlException e = assertThrows(type, () -> read(file));
    assertTrue(String.valueOf(e.getMessage()).contains(name), e.getMessage());
  }

  private void assertRefused(String name, GgufWriter file) {
    assertRefused(UnsupportedModelException.class, name, file);
  }

  @Test
  void modelOf_layersWithAndWithoutBias_areRead() {
    GgufWriter file = hidden(3);
    tensor(file, "fc1.weight", GgmlType.Q8_0, 32, 4);
    tensor(file, "fc1.bias", 4);
    tensor(file, "fc2.weight", 4, 6);
    tensor(file, "fc3.weight", 6, 3);
    FeedForwardModel model = read(file);
    assertEquals(5, model.inputBytes());
    assertEquals(3, model.vocabularySize());
    assertEquals(
        List.of(Activation.RELU, Activation.RELU, Activation.NONE),
        model.layers().stream().map(FeedForwardLayer::activation).toList());
    assertEquals(
        List.of(32, 4, 6), model.layers().stream().map(FeedForwardLayer::columns).toList());
    assertEquals(
        List.of(true, false, false), model.layers().stream().map(l -> l.bias() != 0).toList());
  }

  @Test
  void modelOf_whatDoesNotFit_isRefusedByName() {
    assertRefused("fc1.weight has 4 columns", tensor(sized(5, 3), "fc1.weight", 4, 3));
    assertRefused("4 rows for 3 outputs", tensor(sized(5, 3), "fc1.weight", 5, 4));
    assertRefused("fc1.weight has shape [5, 3, 1]", tensor(sized(5, 3), "fc1.weight", 5, 3, 1));
    assertRefused("5 columns for 0 bytes", tensor(sized(0, 3), "fc1.weight", 5, 3));
    assertRefused("3 rows for 1073741824 outputs", tensor(sized(5, 1 << 30), "fc1.weight", 5, 3));
    assertRefused("0 rows for 4 hidden", tensor(hidden(4), "fc1.weight", 5, 3));
    assertRefused(
        "3 rows for 4 hidden", tensor(tensor(hidden(4), "fc1.weight", 5, 3), "fc2.weight", 3, 3));
    assertRefused(
        "fc2.weight has shape [3, 3]",
        tensor(tensor(sized(5, 3), "fc1.weight", 5, 4), "fc2.weight", 3, 3));
    assertRefused(
        "fc1.bias has shape", tensor(tensor(sized(5, 3), "fc1.weight", 5, 3), "fc1.bias", 4));
    assertRefused(
        "fc1.bias has type F16",
        tensor(tensor(sized(5, 3), "fc1.weight", 5, 3), "fc1.bias", GgmlType.F16, 3));
    assertRefused(
        MissingTensorException.class, "fc1.weight", tensor(sized(5, 3), "fc2.weight", 5, 3));
  }

  @Test
  void modelOf_lengthsNotStated_areThoseOfTheMatrices() {
    FeedForwardModel model = read(tensor(tensor(named(), "fc1.weight", 5, 4), "fc2.weight", 4, 3));
    assertEquals(5, model.inputBytes());
    assertEquals(3, model.vocabularySize());
  }

  @Test
  void build_stateLargerThanItsRegion_isRefused() {
    Weight any = new Weight(GgmlType.F16, 1L << 37);
    int wide = 4_000_000;
    FeedForwardLayer up = new FeedForwardLayer(1, wide, any, 0, Activation.RELU);
    FeedForwardLayer down = new FeedForwardLayer(wide, 1, any, 0, Activation.RELU);
    List<FeedForwardLayer> layers =
        IntStream.range(0, 8800).mapToObj(i -> i % 2 == 0 ? up : down).toList();
    FeedForwardModel model = new FeedForwardModel(1, 1, layers);
    try (Arena arena = Arena.ofConfined()) {
      var e =
          assertThrows(
              LimitExceededException.class,
              () -> GraphRegion.build(model, 0, GraphMode.ROW_PER_NODE, arena));
      assertEquals("stateBytes", e.limitName());
    }
  }

  @Test
  void model_layersThatDoNotFit_cannotBeMade() {
    Weight any = new Weight(GgmlType.F32, 1L << 37);
    FeedForwardLayer layer = new FeedForwardLayer(4, 3, any, 0, Activation.NONE);
    for (List<FeedForwardLayer> layers :
        List.of(List.<FeedForwardLayer>of(), List.of(layer, layer))) {
      assertThrows(IllegalArgumentException.class, () -> new FeedForwardModel(4, 1, layers));
    }
    assertThrows(IllegalArgumentException.class, () -> new FeedForwardModel(5, 1, List.of(layer)));
  }

  @Test
  void modelOf_whatIsNotUnderstood_isRefusedByName() {
    assertRefused(
        "tensor fc3.weight has no place",
        tensor(tensor(sized(5, 3), "fc1.weight", 5, 3), "fc3.weight", 3, 3));
    assertRefused(
        "mnist-fc.activation",
        tensor(sized(5, 3).text("mnist-fc.activation", "tanh"), "fc1.weight", 5, 3));
  }

  @Test
  void build_moreBytesThanANodeCanCopy_isRefused() {
    GgufWriter file = tensor(sized(1, 1), "fc1.weight", GgmlType.Q4_K, 1 << 23, 1);
    try (GgufFile opened = GgufFile.open(file.write(folder));
        Arena arena = Arena.ofConfined()) {
      var e =
          assertThrows(
              LimitExceededException.class,
              () ->
                  GraphRegion.build(
                      Architectures.modelOf(opened), 0, GraphMode.ROW_PER_NODE, arena));
      assertEquals("nodeInstructions", e.limitName());
    }
  }
}
