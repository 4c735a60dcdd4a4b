package dev.opml.vm.graph;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a LLaMA-architecture file by role, their shapes checked. Every tensor of the file
 * must have a role: one that the graph ignored would make it compute something else than the model.
 */
final class LlamaTensors {
  private static final List<String> LAYER_ROLES =
      List.of(
          "attn_norm",
          "attn_q",
          "attn_k",
          "attn_v",
          "attn_output",
          "ffn_norm",
          "ffn_gate",
          "ffn_up",
          "ffn_down");

  private final Map<String, Weight> byName = new HashMap<>();

  private LlamaTensors() {}

  /**
   * Finds and checks all tensors.
   *
   * @throws UnsupportedModelException if one is missing, has another shape, or has no role
   */
  static LlamaTensors of(GgufFile file, LlamaConfig config) {
    LlamaTensors tensors = new LlamaTensors();
    long width = config.embeddingLength();
    long queries = config.queryLength();
    long keys = config.keyLength();
    long hidden = config.feedForwardLength();
    long vocabulary = config.vocabularySize();
    tensors.add(file, "token_embd", width, vocabulary);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (String role : LAYER_ROLES) {
        String name = name(layer, role);
        switch (role) {
          case "attn_q" -> tensors.add(file, name, width, queries);
          case "attn_k", "attn_v" -> tensors.add(file, name, width, keys);
          case "attn_output" -> tensors.add(file, name, queries, width);
          case "ffn_gate", "ffn_up" -> tensors.add(file, name, width, hidden);
          case "ffn_down" -> tensors.add(file, name, hidden, width);
          default -> tensors.addNorm(file, name, width);
        }
      }
    }
    tensors.addNorm(file, "output_norm", width);
    if (file.tensor("output.weight").isPresent()) {
      tensors.add(file, "output", width, vocabulary);
    }
    tensors.requireAllUsed(file);
    return tensors;
  }

  Weight embedding() {
    return get("token_embd");
  }

  Weight layer(int layer, String role) {
    return get(name(layer, role));
  }

  Weight outputNorm() {
    return get("output_norm");
  }

  /** The output matrix; the embedding where the file ties them. */
  Weight output() {
    return byName.getOrDefault("output", embedding());
  }

  private Weight get(String name) {
    Weight weight = byName.get(name);
    if (weight == null) {
      throw new IllegalStateException("no weight " + name);
    }
    return weight;
  }

  private static String name(int layer, String role) {
    return "blk." + layer + "." + role;
  }

  private void add(GgufFile file, String name, long columns, long rows) {
    add(name, file.requireTensor(name + ".weight"), List.of(columns, rows));
  }

  private void addNorm(GgufFile file, String name, long length) {
    GgufTensor tensor = file.requireTensor(name + ".weight");
    if (tensor.type() != GgmlType.F32) {
      throw new UnsupportedModelException(
          "tensor " + tensor.name() + " has type " + tensor.type() + ", expected F32");
    }
    add(name, tensor, List.of(length));
  }

  private void add(String name, GgufTensor tensor, List<Long> shape) {
    if (!tensor.shape().equals(shape)) {
      throw new UnsupportedModelException(
          "tensor " + tensor.name() + " has shape " + tensor.shape() + ", expected " + shape);
    }
    byName.put(name, new Weight(tensor.type(), MemoryRegion.MODEL.base() + tensor.offset()));
  }

  private void requireAllUsed(GgufFile file) {
    for (GgufTensor tensor : file.tensors()) {
      String name = tensor.name();
      if (!name.endsWith(".weight")
          || !byName.containsKey(name.substring(0, name.length() - ".weight".length()))) {
        throw new UnsupportedModelException("tensor " + name + " has no place in a LLaMA graph");
      }
    }
  }
}
