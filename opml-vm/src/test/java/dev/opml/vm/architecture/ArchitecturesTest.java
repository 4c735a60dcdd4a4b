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
import dev.opml.vm.graph.DecoderLayer.SelfAttention;
import dev.opml.vm.graph.DecoderModel;
import dev.opml.vm.graph.DecoderShape;
import dev.opml.vm.graph.RopeAngles;
import dev.opml.vm.graph.RopeFactors;
import dev.opml.vm.graph.RopePairing;
import dev.opml.vm.testing.RandomModel;
import dev.opml.vm.testing.TestData;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  static List<String> architectures() {
    return RandomModel.ARCHITECTURES;
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void modelOf_nothingOptional_isRead(String architecture) {
    DecoderModel model = read(new TinyModel(architecture));
    assertEquals(SHAPE, model.shape());
    assertEquals(model.embedding(), model.output());
    DecoderLayer layer = model.layers().getFirst();
    assertEquals(
        List.of("llama", "smollm3", "granite").contains(architecture)
            ? RopePairing.INTERLEAVED
            : RopePairing.HALVES,
        layer.attention().rope().pairing());
    assertEquals(
        List.of("qwen3", "gemma3").contains(architecture), layer.attention().query().norm() != 0);
    assertEquals(architecture.startsWith("gemma"), layer.attentionOutput().norm() != 0);
    assertEquals(0, layer.attention().query().bias());
    assertEquals(architecture.equals("gemma2") ? 4096 : 0, layer.attention().window());
  }

  @Test
  void modelOf_smolLm3_rotatesInThreeOfFourLayers() {
    TinyModel model = new TinyModel("smollm3").layers(8);
    List<Boolean> rotated =
        read(model).layers().stream()
            .map(layer -> layer.attention().rope().dimension() != 0)
            .toList();
    assertEquals(List.of(true, true, true, false, true, true, true, false), rotated);
  }

  @Test
  void modelOf_gemma3_hasAWindowInFiveOfSixLayersAndScalesTheOther() {
    TinyModel model =
        new TinyModel("gemma3")
            .layers(7)
            .key("attention.sliding_window", 512)
            .key("rope.freq_base", 1_000_000f)
            .key("rope.scaling.type", "linear")
            .key("rope.scaling.factor", 8f);
    List<SelfAttention> attentions =
        read(model).layers().stream().map(DecoderLayer::attention).toList();
    assertEquals(
        List.of(512, 512, 512, 512, 512, 0, 512),
        attentions.stream().map(SelfAttention::window).toList());
    RopeAngles global = attentions.get(5).rope();
    assertEquals(1_000_000, global.base());
    assertEquals(List.of(8f, 8f), global.factors().usual());
    assertEquals(10_000, attentions.get(6).rope().base());
    assertEquals(RopeFactors.NONE, attentions.get(6).rope().factors());
  }

  /** The model with that many layers scales scores by another length than that of a head. */
  @ParameterizedTest
  @CsvSource({"gemma2, 46", "gemma3, 62"})
  void modelOf_largestGemma_scalesScoresByTheEmbedding(String architecture, int layers) {
    // A head of the largest has another length than its share of the embedding.
    TinyModel model = new TinyModel(architecture).key("attention.head_count", 1);
    model.tensor("blk.0.attn_q.weight", 8, 4).tensor("blk.0.attn_output.weight", 4, 8);
    model.key("attention.key_length", 4);
    assertEquals(scale(8), read(model.layers(layers)).layers().getFirst().attention().scale());
    TinyModel smaller = new TinyModel(architecture).layers(layers - 1);
    assertEquals(scale(4), read(smaller).layers().getFirst().attention().scale());
  }

  private static float scale(int products) {
    return (float) (1 / Math.sqrt(products));
  }

  @Test
  void modelOf_granite_hasItsScales() {
    TinyModel model =
        new TinyModel("granite")
            .key("embedding_scale", 12f)
            .key("residual_scale", 0.25f)
            .key("attention.scale", 0.125f)
            .key("rope.scaling.finetuned", false);
    DecoderModel granite = read(model);
    DecoderLayer layer = granite.layers().getFirst();
    assertEquals(12, granite.embeddingScale());
    assertEquals(0.125f, granite.logitScale());
    assertEquals(0.25f, layer.attentionOutput().scale());
    assertEquals(0.25f, layer.gatedOutput().scale());
    assertEquals(0.125f, layer.attention().scale());
    assertEquals(RopeAngles.NONE, layer.attention().rope());
  }

  @Test
  void modelOf_phi3_takesPartsOfItsMatrices() {
    TinyModel model =
        new TinyModel("phi3")
            .tensor("blk.0.attn_qkv.bias", 16)
            .key("attention.sliding_window", 2047)
            .key("rope.scaling.original_context_length", 32)
            .key("rope.scaling.attn_factor", 1.25f)
            .vector("rope_factors_short.weight", 1, 2)
            .vector("rope_factors_long.weight", 3, 4);
    DecoderLayer layer = read(model).layers().getFirst();
    SelfAttention attention = layer.attention();
    long queries = attention.query().matrix().address();
    assertEquals(queries + 4 * 8 * 8, attention.key().matrix().address());
    assertEquals(queries + 4 * 8 * 12, attention.value().matrix().address());
    assertEquals(attention.query().bias() + 4 * 12, attention.value().bias());
    assertEquals(layer.gated().gate().address() + 4 * 8 * 8, layer.gated().up().address());
    assertEquals(
        new RopeAngles(
            4,
            10_000,
            new RopeFactors(List.of(1f, 2f), 32, List.of(3f, 4f)),
            1.25f,
            RopePairing.HALVES),
        attention.rope());
  }

  @Test
  void modelOf_headCountsOfEachLayerTheSame_areRead() {
    TinyModel model =
        new TinyModel("llama")
            .layers(2)
            .key("attention.head_count", new int[] {2, 2})
            .key("attention.head_count_kv", new int[] {1, 1})
            .key("feed_forward_length", new int[] {8, 8});
    assertEquals(SHAPE, read(model).shape());
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
    assertEquals(16, layer.attention().window());
    assertEquals(List.of(1f, 8.5f), layer.attention().rope().factors().usual());
    assertTrue(layer.attentionOutput().bias() != 0);
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
        refusal("phi2", "architecture phi2; supported: llama, qwen2, qwen3, smollm3", m -> {}),
        llama("blk.0.attn_q_norm.weight", m -> m.tensor("blk.0.attn_q_norm.weight", 4)),
        llama("blk.1.attn_q.weight", m -> m.tensor("blk.1.attn_q.weight", 8, 8)),
        llama("output.bias", m -> m.tensor("output.bias", 8)),
        refusal("qwen2", "blk.0.attn_k_norm.weight", m -> m.tensor("blk.0.attn_k_norm.weight", 4)),
        llama("llama.attention.causal is false", m -> m.key("attention.causal", false)),
        llama("llama.attention.clamp_kqv", m -> m.key("attention.clamp_kqv", 8f)),
        llama("llama.attention.scale", m -> m.key("attention.scale", 2f)),
        llama("llama.final_logit_softcapping", m -> m.key("final_logit_softcapping", 30f)),
        llama(
            "llama.rope.scaling.type none",
            m -> m.key("rope.scaling.type", "none").key("rope.scaling.factor", 4f)),
        llama("llama.rope.scaling.factor -4", m -> m.key("rope.scaling.factor", -4f)),
        llama("llama.rope.scaling.attn_factor 2", m -> m.key("rope.scaling.attn_factor", 2f)),
        llama("llama.rope.scale_linear NaN", m -> m.key("rope.scale_linear", Float.NaN)),
        refusal("qwen2", "qwen2.rope.scaling.type yarn", m -> m.key("rope.scaling.type", "yarn")),
        refusal(
            "qwen2",
            "qwen2.attention.sliding_window",
            m -> m.key("attention.sliding_window", 4096)),
        refusal("qwen3", "qwen3.expert_count", m -> m.key("expert_count", 4)),
        refusal("gemma3", "output.weight", m -> m.tensor("output.weight", 8, 8)),
        refusal("granite", "granite.expert_count", m -> m.key("expert_count", 4)),
        refusal("phi3", "phi3.rope.scaling.factor", m -> m.key("rope.scaling.factor", 4f)),
        refusal("phi3", "blk.0.attn_q.weight", m -> m.tensor("blk.0.attn_q.weight", 8, 8)));
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
        refusal("gemma2", "post_ffw_norm", m -> m.tensor("blk.0.post_ffw_norm.weight", 4)),
        refusal("phi3", "blk.0.attn_qkv.weight", m -> m.tensor("blk.0.attn_qkv.weight", 8, 8)),
        refusal(
            "phi3",
            "rope_factors_long",
            m ->
                m.vector("rope_factors_short.weight", 1, 1)
                    .vector("rope_factors_long.weight", 1, 0)),
        refusal(
            "phi3",
            "row 13 of tensor blk.0.ffn_up.weight begins at byte 52, no multiple of 8",
            m ->
                m.key("feed_forward_length", 13)
                    .key("embedding_length", 1)
                    .key("attention.key_length", 4)
                    .tensor("token_embd.weight", 1, 8)
                    .tensor("output_norm.weight", 1)
                    .tensor("blk.0.attn_norm.weight", 1)
                    .tensor("blk.0.ffn_norm.weight", 1)
                    .tensor("blk.0.attn_qkv.weight", 1, 16)
                    .tensor("blk.0.attn_output.weight", 8, 1)
                    .tensor("blk.0.ffn_up.weight", 1, 26)
                    .tensor("blk.0.ffn_down.weight", 13, 1)),
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
        refusal("granite", "granite.logit_scale 0.0", m -> m.key("logit_scale", 0f)),
        refusal("granite", "granite.residual_scale NaN", m -> m.key("residual_scale", Float.NaN)),
        refusal(
            "gemma2",
            "gemma2.attn_logit_softcapping -1.0",
            m -> m.key("attn_logit_softcapping", -1f)),
        refusal("gemma3", "rope base 0", m -> m.key("rope.freq_base_swa", 0f)),
        refusal(
            "phi3", "rope.scaling.attn_factor -1.0", m -> m.key("rope.scaling.attn_factor", -1f)),
        new Refusal(
            MissingMetadataException.class,
            "granite.logit_scale",
            "granite",
            m -> m.withoutKey("logit_scale")),
        llama("llama.block_count 0", m -> m.key("block_count", 0)),
        llama("llama.context_length 1", m -> m.key("context_length", 1)),
        llama("llama.attention.sliding_window -1", m -> m.key("attention.sliding_window", -1)),
        wrongType("embedding_length", 1L << 32 | 8),
        wrongType("block_count", -1L),
        llama("layers differ", m -> m.layers(2).key("attention.head_count_kv", new int[] {1, 2})),
        llama(
            "head_count_kv has 2 elements for 1 layers",
            m -> m.key("attention.head_count_kv", new int[] {1, 1})),
        llama("head_count has 0 elements", m -> m.key("attention.head_count", new int[] {})),
        llama(
            "rope factor 1.0E-30 times 1.0E-30",
            m -> m.vector("rope_freqs.weight", 1e-30f, 1).key("rope.scaling.factor", 1e-30f)),
        llama("attn_factor 0.0", m -> m.key("rope.scaling.attn_factor", 0f)),
        refusal(
            "gemma3",
            "an embedding length of 8 for 16 heads",
            m ->
                m.key("attention.head_count", 16)
                    .key("attention.key_length", 4)
                    .tensor("blk.0.attn_q.weight", 8, 64)
                    .tensor("blk.0.attn_output.weight", 64, 8)
                    .layers(62)),
        llama("-1", m -> m.key("feed_forward_length", new int[] {-1})),
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
