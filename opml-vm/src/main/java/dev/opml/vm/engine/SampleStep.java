package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.OutputRegion;
import dev.opml.vm.graph.Sample;

/** SAMPLE: draws a token from the logits. The session decides what becomes of it. */
final class SampleStep implements Step {
  private final Buffer in;
  private final int n;

  SampleStep(Sample sample, Buffers buffers) {
    in = buffers.at(sample.in());
    n = sample.n();
  }

  @Override
  public void run(Batch batch) {
    float[] logits = batch.workspace.data(in);
    int[] drawn = batch.workspace.drawn;
    batch.forSlots((worker, slot) ->
        drawn[slot] = batch.drawing.draw(logits, slot * in.stride(), n, batch.position + slot));
    if (batch.observed()) {
      for (int slot = batch.from; slot < batch.to; slot++) {
        report(batch, slot, drawn[slot]);
      }
    }
  }

  /**
   * Reports the output slots of the node in batch slot {@code slot}, which generates {@code id}.
   */
  static void report(Batch batch, int slot, int id) {
    int g = batch.tokens.index(batch.position + slot);
    int leaf = OutputRegion.leafOf(g);
    writeLeaf(batch, slot, 0, g, id);
    if (leaf != 0) {
      writeLeaf(batch, slot, leaf, g, id);
    }
  }

  private static void writeLeaf(Batch batch, int slot, int leaf, int g, int id) {
    long address = MemoryRegion.OUTPUT.base() + (long) MemoryRegion.LEAF_SIZE * leaf;
    batch.written(slot, address, batch.tokens.leaf(leaf, g, id));
  }
}
