package dev.opml.benchmarks.synthetic;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A llama-architecture GGUF file of random weights. Shape, format and seed determine every byte of
 * it.
 *
 * @param name what the file says it is
 * @param shape sizes of the model
 * @param format formats of its weights
 * @param tokenizer kind of its tokenizer
 * @param seed of the random weights
 */
public record SyntheticModel(
    String name, ModelShape shape, ModelFormat format, TokenizerKind tokenizer, long seed) {
  private static final float ROPE_BASE = 10000;
  private static final float NORM_EPSILON = 1e-5f;
  private static final int QUANTIZATION_VERSION = 2;

  /**
   * Writes the file, tensor by tensor: takes little memory, however large the model. The file has
   * its name only when it is whole.
   *
   * @throws IllegalArgumentException if rows are not whole blocks of the format, or the vocabulary
   *     is too small
   */
  public void write(Path file) throws IOException {
    List<SyntheticTensor> tensors = SyntheticTensor.of(shape, format);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (OutputStream out = Files.newOutputStream(part)) {
      out.write(header(tensors).bytes());
      SplittableRandom random = new SplittableRandom(seed);
      for (SyntheticTensor tensor : tensors) {
        write(tensor, random.split(), out);
      }
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private GgufHeader header(List<SyntheticTensor> tensors) {
    GgufHeader header =
        new GgufHeader()
            .text("general.architecture", "llama")
            .text("general.name", name)
            .uint32("general.quantization_version", QUANTIZATION_VERSION)
            .uint32("llama.context_length", shape.context())
            .uint32("llama.embedding_length", shape.dim())
            .uint32("llama.block_count", shape.layers())
            .uint32("llama.feed_forward_length", shape.ffn())
            .uint32("llama.attention.head_count", shape.heads())
            .uint32("llama.attention.head_count_kv", shape.kvHeads())
            .uint32("llama.rope.dimension_count", shape.headDim())
            .float32("llama.rope.freq_base", ROPE_BASE)
            .float32("llama.attention.layer_norm_rms_epsilon", NORM_EPSILON)
            .uint32("llama.vocab_size", shape.vocabulary());
    SyntheticVocabulary.of(tokenizer, shape.vocabulary()).describe(header);
    for (SyntheticTensor tensor : tensors) {
      header.tensor(tensor.name(), tensor.type(), tensor.columns(), tensor.rows());
    }
    return header;
  }

  private static void write(SyntheticTensor tensor, SplittableRandom random, OutputStream out)
      throws IOException {
    long size = tensor.type().bytes(tensor.elements());
    if (tensor.isNorm()) {
      LittleEndianBytes ones = new LittleEndianBytes();
      for (int i = 0; i < tensor.columns(); i++) {
        ones.int32(Float.floatToRawIntBits(1));
      }
      out.write(ones.toByteArray());
    } else {
      new RandomWeights(tensor.type(), tensor.deviation(), random).write(tensor.elements(), out);
    }
    out.write(new byte[(int) (GgufHeader.padded(size) - size)]);
  }
}
