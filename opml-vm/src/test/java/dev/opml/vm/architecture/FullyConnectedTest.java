package dev.opml.vm.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import dev.opml.api.image.GraphMode;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.MissingMetadataException;
import dev.opml.vm.gguf.MissingTensorException;
import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.FeedForwardLayer;
import dev.opml.vm.graph.FeedForwardModel;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.testing.GgufWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
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
        .uint32("mnist-fc.hidden_length", 4)
        .uint32("mnist-fc.output_length", outputs);
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
    GgufWriter file = sized(5, 3);
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
    assertRefused("fc1.weight has shape [5, 4]", tensor(sized(5, 3), "fc1.weight", 5, 4));
    assertRefused("fc1.weight has shape [5, 3, 1]", tensor(sized(5, 3), "fc1.weight", 5, 3, 1));
    assertRefused("input_length 0", tensor(sized(0, 3), "fc1.weight", 5, 3));
    assertRefused("output_length 1073741824", tensor(sized(5, 1 << 30), "fc1.weight", 5, 3));
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
    assertRefused(
        MissingMetadataException.class,
        "mnist-fc.output_length",
        tensor(named().uint32("mnist-fc.input_length", 5), "fc1.weight", 5, 3));
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
