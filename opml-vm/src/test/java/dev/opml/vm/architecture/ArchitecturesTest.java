package dev.opml.vm.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.OpmlException;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.MissingMetadataException;
import dev.opml.vm.gguf.MissingTensorException;
import dev.opml.vm.gguf.WrongMetadataTypeException;
import dev.opml.vm.graph.DecoderLayer;
import dev.opml.vm.graph.DecoderModel;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.RopePairing;
import dev.opml.vm.testing.TestData;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are read as models, and files that are refused with the name of what is wrong. */
class ArchitecturesTest {
  private static final DecoderShape SHAPE = new DecoderShape(8, 2, 1, 4, 8, 8, 64);

  @TempDir private Path folder;

  private DecoderModel read(TinyModel model) {
    try (GgufFile file = GgufFile.open(model.write(folder))) {
      return (DecoderModel) Architectures.modelOf(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void modelOf_nothingOptional_isRead(String architecture) {
    DecoderModel model = read(new TinyModel(architecture));
    assertEquals(SHAPE, model.shape());
    assertEquals(model.embedding(), model.output());
    DecoderLayer layer = model.layers().getFirst();
    assertEquals(
        architecture.equals("llama") ? RopePairing.INTERLEAVED : RopePairing.HALVES,
        layer.rope().pairing());
    assertEquals(architecture.equals("qwen3"), layer.query().norm() != 0);
    assertEquals(0, layer.query().bias());
    assertEquals(0, layer.window());
  }

  /** What converters write into files that are like any other. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void modelOf_metadataWithoutEffect_isRead(String architecture) {
    TinyModel model =
        new TinyModel(architecture)
            .set("general.name", "any")
            .set("other.rope.scaling.type", "yarn")
            .set("tokenizer.ggml.pre", "qwen2")
            .key("vocab_size", 8)
            .key("tensor_data_layout", "Meta AI original pth")
            .key("expert_count", 0)
            .key("expert_used_count", 0)
            .key("attention.causal", true)
            .key("attention.key_length", 4)
            .key("attention.value_length", 4)
            .key("rope.dimension_count", 4)
            .key("rope.freq_base", 500_000f)
            .key("rope.scaling.type", "none")
            .key("rope.scaling.factor", 1f)
            .key("rope.scale_linear", 0f)
            .key("rope.scaling.attn_factor", 1f)
            .key("rope.scaling.original_context_length", 32)
            .key("rope.scaling.finetuned", true)
            .key("pooling_type", 3)
            .key("use_parallel_residual", true);
    assertEquals(SHAPE, read(model).shape());
  }

  @Test
  void modelOf_llamaWithWindowAndFactors_hasThem() {
    TinyModel model =
        new TinyModel("llama")
            .key("attention.sliding_window", 16)
            .vector("rope_freqs.weight", 1, 8.5f)
            .tensor("blk.0.attn_output.bias", 8);
    DecoderLayer layer = read(model).layers().getFirst();
    assertEquals(16, layer.window());
    assertEquals(List.of(1f, 8.5f), layer.rope().factors());
    assertTrue(layer.attentionOutputBias() != 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "stories260K.gguf",
        "ours/stories-3.7m.q6_k.gguf"
      })
  void modelOf_sharedFile_isRead(String name) {
    try (GgufFile file = GgufFile.open(TestData.assumeShared("data/models/" + name))) {
      DecoderModel model = (DecoderModel) Architectures.modelOf(file);
      assertEquals(file.metadata().requireInt("llama.block_count"), model.layers().size());
    }
  }

  private record Refusal(
      Class<? extends OpmlException> type,
      String message,
      String architecture,
      Consumer<TinyModel> change) {
    @Override
    public String toString() {
      return architecture + ": " + message;
    }
  }

  private static Refusal llama(String message, Consumer<TinyModel> change) {
    return refusal("llama", message, change);
  }

  private static Refusal refusal(String architecture, String message, Consumer<TinyModel> change) {
    return new Refusal(UnsupportedModelException.class, message, architecture, change);
  }

  private static Refusal wrongType(String name, Object value) {
    return new Refusal(
        WrongMetadataTypeException.class, "llama." + name, "llama", m -> m.key(name, value));
  }

  static Stream<Refusal> unknownParts() {
    return Stream.of(
        refusal("phi3", "architecture phi3; supported: llama, qwen2, qwen3, mnist-fc", m -> {}),
        llama("blk.0.attn_q_norm.weight", m -> m.tensor("blk.0.attn_q_norm.weight", 4)),
        llama("blk.1.attn_q.weight", m -> m.tensor("blk.1.attn_q.weight", 8, 8)),
        llama("output.bias", m -> m.tensor("output.bias", 8)),
        refusal("qwen2", "blk.0.attn_k_norm.weight", m -> m.tensor("blk.0.attn_k_norm.weight", 4)),
        llama("llama.attention.causal is false", m -> m.key("attention.causal", false)),
        llama("llama.attention.clamp_kqv", m -> m.key("attention.clamp_kqv", 8f)),
        llama("llama.attention.scale", m -> m.key("attention.scale", 2f)),
        llama("llama.final_logit_softcapping", m -> m.key("final_logit_softcapping", 30f)),
        llama("llama.rope.scaling.type linear", m -> m.key("rope.scaling.type", "linear")),
        llama("llama.rope.scaling.factor 4", m -> m.key("rope.scaling.factor", 4f)),
        llama("llama.rope.scaling.attn_factor 2", m -> m.key("rope.scaling.attn_factor", 2f)),
        llama("llama.rope.scale_linear NaN", m -> m.key("rope.scale_linear", Float.NaN)),
        refusal("qwen2", "qwen2.rope.scaling.type yarn", m -> m.key("rope.scaling.type", "yarn")),
        refusal(
            "qwen2",
            "qwen2.attention.sliding_window",
            m -> m.key("attention.sliding_window", 4096)),
        refusal("qwen3", "qwen3.expert_count", m -> m.key("expert_count", 4)));
  }

  static Stream<Refusal> wrongTensors() {
    return Stream.of(
        llama("blk.0.attn_q.weight", m -> m.tensor("blk.0.attn_q.weight", 8, 4)),
        llama("blk.0.attn_k.weight", m -> m.tensor("blk.0.attn_k.weight", 8, 8)),
        llama("blk.0.ffn_down.weight", m -> m.tensor("blk.0.ffn_down.weight", 8, 2, 4)),
        llama("token_embd.weight", m -> m.tensor("token_embd.weight", 8)),
        llama("output.weight", m -> m.tensor("output.weight", 8, 9)),
        llama("blk.0.attn_norm.weight", m -> m.tensor("blk.0.attn_norm.weight", 7)),
        llama("blk.0.attn_norm.weight", m -> m.tensor("blk.0.attn_norm.weight", 8, 1)),
        llama("type F16", m -> m.tensor("blk.0.attn_norm.weight", GgmlType.F16, 8)),
        llama("blk.0.attn_v.bias", m -> m.tensor("blk.0.attn_v.bias", 8)),
        llama("type BF16", m -> m.tensor("blk.0.ffn_up.bias", GgmlType.BF16, 8)),
        refusal("qwen3", "attn_q_norm", m -> m.tensor("blk.0.attn_q_norm.weight", 8)),
        llama("rope_freqs.weight: 0", m -> m.vector("rope_freqs.weight", 1, 0)),
        llama("rope_freqs.weight: -1", m -> m.vector("rope_freqs.weight", -1, 1)),
        llama("rope_freqs.weight: NaN", m -> m.vector("rope_freqs.weight", 1, Float.NaN)),
        llama("rope_freqs.weight: Inf", m -> m.vector("rope_freqs.weight", 1, 1f / 0)),
        llama("rope_freqs.weight has shape", m -> m.vector("rope_freqs.weight", 1, 1, 1, 1)),
        llama("type F16", m -> m.tensor("rope_freqs.weight", GgmlType.F16, 2)),
        new Refusal(
            MissingTensorException.class,
            "token_embd.weight",
            "llama",
            m -> m.withoutTensor("token_embd.weight")),
        new Refusal(
            MissingTensorException.class,
            "blk.0.attn_q_norm.weight",
            "qwen3",
            m -> m.withoutTensor("blk.0.attn_q_norm.weight")));
  }

  static Stream<Refusal> wrongNumbers() {
    return Stream.of(
        llama("rope dimension 3", m -> m.key("rope.dimension_count", 3)),
        llama("rope dimension 0", m -> m.key("rope.dimension_count", 0)),
        llama("rope dimension 6", m -> m.key("rope.dimension_count", 6)),
        llama("rope base 0", m -> m.key("rope.freq_base", 0f)),
        llama("rope base NaN", m -> m.key("rope.freq_base", Float.NaN)),
        llama("norm epsilon -1", m -> m.key("attention.layer_norm_rms_epsilon", -1f)),
        llama("norm epsilon NaN", m -> m.key("attention.layer_norm_rms_epsilon", Float.NaN)),
        llama(
            "3 heads, 2 key/value heads",
            m -> m.key("attention.head_count", 3).key("attention.head_count_kv", 2)),
        llama("0 key/value heads", m -> m.key("attention.head_count_kv", 0)),
        llama(
            "an embedding length of 8 for 3 heads",
            m -> m.key("attention.head_count", 3).key("attention.head_count_kv", 3)),
        llama("key length 4, value length 8", m -> m.key("attention.value_length", 8)),
        llama("key length 0", m -> m.key("attention.key_length", 0)),
        llama("llama.attention.key_length -4", m -> m.key("attention.key_length", -4)),
        llama("llama.embedding_length -8", m -> m.key("embedding_length", -8)),
        llama("llama.embedding_length 2147483647", m -> m.key("embedding_length", -1 >>> 1)),
        llama("llama.attention.head_count 0", m -> m.key("attention.head_count", 0)),
        llama("llama.attention.head_count 1073741824", m -> m.key("attention.head_count", 1 << 30)),
        llama("2 heads of 2147483647", m -> m.key("attention.key_length", Integer.MAX_VALUE)),
        // As an int the product of these two is 0.
        llama(
            "65536 heads of 65536",
            m -> m.key("attention.head_count", 1 << 16).key("attention.key_length", 1 << 16)),
        llama("llama.feed_forward_length", m -> m.key("feed_forward_length", 1 << 30)),
        llama("llama.block_count 0", m -> m.key("block_count", 0)),
        llama("llama.context_length 1", m -> m.key("context_length", 1)),
        llama("llama.attention.sliding_window -1", m -> m.key("attention.sliding_window", -1)),
        wrongType("embedding_length", 1L << 32 | 8),
        wrongType("block_count", -1L),
        wrongType("attention.head_count_kv", new int[] {1}),
        wrongType("feed_forward_length", "8"),
        wrongType("attention.causal", 1),
        wrongType("rope.freq_base", 10_000),
        new Refusal(
            MissingTensorException.class,
            "blk.1.",
            "llama",
            m -> m.key("block_count", Integer.MAX_VALUE)),
        new Refusal(
            MissingMetadataException.class,
            "llama.context_length",
            "llama",
            m -> m.withoutKey("context_length")));
  }

  @ParameterizedTest
  @MethodSource({"unknownParts", "wrongTensors", "wrongNumbers"})
  void modelOf_whatIsNotUnderstood_isRefusedByName(Refusal refusal) {
    TinyModel model = new TinyModel(refusal.architecture);
    refusal.change.accept(model);
    OpmlException refused = assertThrows(refusal.type, () -> read(model));
    assertTrue(refused.getMessage().contains(refusal.message), refused.getMessage());
  }
}
