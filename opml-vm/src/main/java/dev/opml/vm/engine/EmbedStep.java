package dev.opml.vm.engine;

import dev.opml.vm.graph.Embed;
import dev.opml.vm.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/** EMBED: the row of the embedding matrix for the position's token. */
final class EmbedStep implements Step {
  private final Kernels kernels;
  private final Embed embed;
  private final Buffer out;
  private final MemorySegment matrix;

  EmbedStep(Kernels kernels, Embed embed, int vocabularySize, Buffers buffers, Weights weights) {
    this.kernels = kernels;
    this.embed = embed;
    out = buffers.at(embed.out());
    matrix = weights.file(embed.matrix(), vocabularySize, embed.n()).data();
  }

  @Override
  public void run(Batch batch) {
    float[] data = batch.workspace.data(out);
    batch.forSlots((worker, slot) -> {
      int at = slot * out.stride();
      int token = batch.tokens.at(batch.position + slot);
      kernels.dequantize(embed.matrix().type(), matrix, token, embed.n(), data, at);
      Elements.scale(data, at, embed.n(), embed.scale());
      kernels.canonicalize(data, at, embed.n());
    });
    batch.written(out, 0, embed.n());
  }
}
