package dev.opml.vm.architecture;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufMetadata;
import dev.opml.vm.gguf.GgufTensor;
import dev.opml.vm.graph.Weight;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A model file as an architecture reads it. Keeps account of the metadata and tensors that were
 * asked for: what was not, and could change the result, makes the model another one than the graph
 * would compute.
 */
final class SourceFile {
  /** Most elements of any vector: bytes of vectors and of KV rows then fit into an int. */
  private static final int MOST_ELEMENTS = 1 << 28;

  private final GgufFile file;
  private final String prefix;
  private final Set<String> keys = new HashSet<>();
  private final Set<String> tensors = new HashSet<>();

  SourceFile(GgufFile file, String architecture) {
    this.file = file;
    prefix = architecture + ".";
  }

  GgufMetadata metadata() {
    return file.metadata();
  }

  /** The whole name of a metadata key of the architecture, which is understood from now on. */
  String key(String name) {
    keys.add(prefix + name);
    return prefix + name;
  }

  /** An integer above 0. */
  int positive(String name) {
    int value = metadata().requireInt(key(name));
    require(value > 0, key(name) + " " + value);
    return value;
  }

  /** The number of elements of a vector, or of its heads. */
  int size(String name) {
    return size(positive(name), key(name));
  }

  /** The same, of a number that something else says. */
  static int size(long value, String what) {
    require(value <= MOST_ELEMENTS, what + " " + value);
    return (int) value;
  }

  /** An integer that is not negative, or {@code absent}. */
  int optionalInt(String name, int absent) {
    int value = metadata().optionalInt(key(name)).orElse(absent);
    require(value >= 0, key(name) + " " + value);
    return value;
  }

  /** Whether there is a tensor. */
  boolean has(String tensor) {
    return file.tensor(tensor).isPresent();
  }

  /** A tensor whose shape the caller checks. */
  GgufTensor tensor(String name) {
    GgufTensor tensor = file.requireTensor(name);
    tensors.add(name);
    return tensor;
  }

  private GgufTensor tensor(String name, List<Long> shape) {
    GgufTensor tensor = tensor(name);
    require(
        tensor.shape().equals(shape),
        "tensor " + name + " has shape " + tensor.shape() + ", expected " + shape);
    return tensor;
  }

  /** The matrix of a name. */
  Weight matrix(String name, long columns, long rows) {
    GgufTensor tensor = tensor(name + ".weight", List.of(columns, rows));
    return new Weight(tensor.type(), MemoryRegion.MODEL.base() + tensor.offset());
  }

  /** A vector of float32. */
  GgufTensor vector(String name, long length) {
    GgufTensor tensor = tensor(name, List.of(length));
    require(
        tensor.type() == GgmlType.F32,
        "tensor " + name + " has type " + tensor.type() + ", expected F32");
    return tensor;
  }

  /** Address of a bias; 0 if there is none. */
  long optionalBias(String name, long length) {
    return has(name + ".bias")
        ? MemoryRegion.MODEL.base() + vector(name + ".bias", length).offset()
        : 0;
  }

  /**
   * Refuses what nobody asked for: a tensor, or metadata of the architecture.
   *
   * @throws UnsupportedModelException naming it
   */
  void requireAllUnderstood() {
    for (GgufTensor tensor : file.tensors()) {
      require(
          tensors.contains(tensor.name()),
          "tensor " + tensor.name() + " has no place in a " + prefix + "* graph");
    }
    Stream<String> all = metadata().asMap().keySet().stream();
    all.filter(key -> key.startsWith(prefix) && !keys.contains(key))
        .findFirst()
        .ifPresent(key -> require(false, "metadata key " + key + " is not understood"));
  }

  /** Refuses the model unless something holds. */
  static void require(boolean holds, String what) {
    if (!holds) {
      throw new UnsupportedModelException(what);
    }
  }
}
