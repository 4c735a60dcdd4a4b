package dev.opml.vm.architecture;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.testing.GgufWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A valid model of one layer, whose weights are zero, and that can be spoiled part by part. */
final class TinyModel {
  private static final int SIGNED_32 = 5;
  private static final int UNSIGNED_64 = 10;
  private static final String FIRST = "blk.0.";

  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final String architecture;

  private record Tensor(GgmlType type, byte[] bytes, long... shape) {}

  /** Width 8, two heads of four elements, one key/value head, a hidden vector of 8, 8 tokens. */
  TinyModel(String architecture) {
    this.architecture = architecture;
    set("general.architecture", architecture);
    key("context_length", 64).key("embedding_length", 8).key("block_count", 1);
    key("feed_forward_length", 8).key("attention.head_count", 2).key("attention.head_count_kv", 1);
    key("attention.layer_norm_rms_epsilon", 1e-5f);
    tensor("token_embd.weight", 8, 8).tensor("output_norm.weight", 8);
    for (String matrix : List.of("attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down")) {
      tensor("blk.0." + matrix + ".weight", 8, 8);
    }
    tensor("blk.0.attn_k.weight", 8, 4).tensor("blk.0.attn_v.weight", 8, 4);
    tensor("blk.0.attn_norm.weight", 8).tensor("blk.0.ffn_norm.weight", 8);
    switch (architecture) {
      case "qwen3" -> headNorms();
      case "granite" -> key("logit_scale", 8f);
      case "gemma2" -> blockNorms();
      case "gemma3" -> blockNorms().headNorms();
      case "phi3" -> {
        List.of("attn_q", "attn_k", "attn_v", "ffn_gate")
            .forEach(matrix -> withoutTensor("blk.0." + matrix + ".weight"));
        tensor("blk.0.attn_qkv.weight", 8, 16).tensor("blk.0.ffn_up.weight", 8, 16);
      }
      default -> {}
    }
  }

  private TinyModel headNorms() {
    return tensor("blk.0.attn_q_norm.weight", 4).tensor("blk.0.attn_k_norm.weight", 4);
  }

  private TinyModel blockNorms() {
    return tensor("blk.0.post_attention_norm.weight", 8).tensor("blk.0.post_ffw_norm.weight", 8);
  }

  /** Sets metadata: an Integer is written signed, a Long unsigned in 64 bits. */
  TinyModel set(String key, Object value) {
    metadata.put(key, value);
    return this;
  }

  /** Sets metadata of the architecture. */
  TinyModel key(String name, Object value) {
    return set(architecture + "." + name, value);
  }

  /** Repeats the first layer. */
  TinyModel layers(int count) {
    key("block_count", count);
    Map<String, Tensor> first = new LinkedHashMap<>(tensors);
    for (int layer = 1; layer < count; layer++) {
      String prefix = "blk." + layer + ".";
      first.forEach((name, tensor) -> {
        if (name.startsWith(FIRST)) {
          tensors.put(prefix + name.substring(FIRST.length()), tensor);
        }
      });
    }
    return this;
  }

  TinyModel withoutKey(String name) {
    metadata.remove(architecture + "." + name);
    return this;
  }

  TinyModel tensor(String name, long... shape) {
    return tensor(name, GgmlType.F32, shape);
  }

  TinyModel tensor(String name, GgmlType type, long... shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements *= dimension;
    }
    tensors.put(name, new Tensor(type, new byte[(int) type.bytes(elements)], shape));
    return this;
  }

  TinyModel vector(String name, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    tensors.put(name, new Tensor(GgmlType.F32, bytes.array(), values.length));
    return this;
  }

  TinyModel withoutTensor(String name) {
    tensors.remove(name);
    return this;
  }

  Path write(Path folder) {
    GgufWriter file = new GgufWriter();
    metadata.forEach((key, value) -> {
      switch (value) {
        case Integer number -> file.entry(key, SIGNED_32, GgufWriter.int32(number));
        case Long number -> file.entry(key, UNSIGNED_64, GgufWriter.int64(number));
        case Float number -> file.float32(key, number);
        case Boolean truth -> file.bool(key, truth);
        case String text -> file.text(key, text);
        case int[] numbers -> file.ints(key, numbers);
        default -> throw new IllegalArgumentException(value.toString());
      }
    });
    tensors.forEach(
        (name, tensor) -> file.tensor(name, tensor.type.id(), tensor.bytes, tensor.shape));
    return file.write(folder);
  }
}
