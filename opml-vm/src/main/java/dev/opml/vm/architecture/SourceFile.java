package dev.opml.vm.architecture;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufArray;
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

  /** A matrix that begins inside a tensor begins as the guest reads it. */
  private static final int ROW_ALIGNMENT = 8;

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
    return positive(name, metadata().requireInt(key(name)));
  }

  private int positive(String name, int value) {
    require(value > 0, key(name) + " " + value);
    return value;
  }

  /** The number of elements of a vector, or of its heads, the same in all layers. */
  int size(String name) {
    metadata().require(key(name));
    return size(positive(name, ofAllLayers(name, 0)), key(name));
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

  /**
   * An integer that is not negative, or {@code absent}; also as an array that says the same of each
   * layer.
   */
  int ofAllLayers(String name, int absent) {
    if (!(metadata().asMap().get(key(name)) instanceof GgufArray.Ints each)) {
      return optionalInt(name, absent);
    }
    int layers = positive("block_count");
    require(
        each.size() == layers,
        "%s has %d elements for %d layers".formatted(key(name), each.size(), layers));
    long first = each.get(0);
    require(first >= 0 && first <= Integer.MAX_VALUE, key(name) + " " + first);
    for (int i = 1; i < each.size(); i++) {
      require(
          each.get(i) == first,
          "%s is %d and %d: layers differ".formatted(key(name), first, each.get(i)));
    }
    return (int) first;
  }

  /** A number that is finite, or {@code absent}. */
  float optionalFloat(String name, float absent) {
    float value = metadata().optionalFloat(key(name)).orElse(absent);
    require(Float.isFinite(value), key(name) + " " + value);
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
    return rows(name, columns, rows, 0);
  }

  /** The rows from {@code first} on of the matrix of a name, which has {@code rows} in all. */
  Weight rows(String name, long columns, long rows, long first) {
    GgufTensor tensor = tensor(name + ".weight", List.of(columns, rows));
    long skipped = first * tensor.type().bytes(columns);
    require(
        skipped % ROW_ALIGNMENT == 0,
        "row %d of tensor %s.weight begins at byte %d, no multiple of %d"
            .formatted(first, name, skipped, ROW_ALIGNMENT));
    return new Weight(tensor.type(), MemoryRegion.MODEL.base() + tensor.offset() + skipped);
  }

  /** A vector of float32. */
  GgufTensor vector(String name, long length) {
    GgufTensor tensor = tensor(name, List.of(length));
    require(
        tensor.type() == GgmlType.F32,
        "tensor " + name + " has type " + tensor.type() + ", expected F32");
    return tensor;
  }

  /** Address of the weights of a norm. */
  long norm(String name, long length) {
    return MemoryRegion.MODEL.base() + vector(name + ".weight", length).offset();
  }

  /** Address of a bias; 0 if there is none. */
  long optionalBias(String name, long length) {
    return optionalBias(name, length, 0);
  }

  /** Address of element {@code first} of a bias; 0 if there is none. */
  long optionalBias(String name, long length, long first) {
    return has(name + ".bias")
        ? MemoryRegion.MODEL.base() + vector(name + ".bias", length).offset() + Float.BYTES * first
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
