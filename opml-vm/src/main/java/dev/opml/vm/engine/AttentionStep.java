package dev.opml.vm.engine;

import dev.opml.vm.graph.Attention;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
import java.util.ArrayList;
import java.util.List;

/** ATTENTION: a range of query heads over all positions so far. */
final class AttentionStep implements Step {
  private final Kernels kernels;
  private final Attention attention;
  private final Buffer in;
  private final Buffer out;
  private final Scoring scoring;

  AttentionStep(Kernels kernels, Attention attention, Buffers buffers) {
    this.kernels = kernels;
    this.attention = attention;
    in = buffers.at(attention.in());
    out = buffers.at(attention.out());
    scoring = new Scoring(attention.scale(), attention.cap(), attention.window());
  }

  @Override
  public void run(Batch batch) {
    Workspace workspace = batch.workspace;
    KvCache cache = batch.cache(attention.keys());
    float[] query = workspace.data(in);
    float[] result = workspace.data(out);
    // Queries that share keys and values are computed together: heads of a group, or positions.
    boolean bySlot = batch.slots() >= QueryBlock.MOST;
    int headsAtOnce = bySlot ? 1 : Math.min(attention.group(), QueryBlock.MOST);
    int slotsAtOnce = bySlot ? QueryBlock.MOST : 1;
    List<Integer> heads = blocks(headsAtOnce);
    int slotBlocks = (batch.slots() + slotsAtOnce - 1) / slotsAtOnce;
    batch.team.run(
        slotBlocks * heads.size(),
        (worker, task) -> {
          // The last slots see most positions, so they start first.
          int end = batch.to - task / heads.size() * slotsAtOnce;
          int slot = Math.max(batch.from, end - slotsAtOnce);
          int head = heads.get(task % heads.size());
          int count = bySlot ? end - slot : endOfBlock(head, headsAtOnce) - head;
          kernels.attend(
              cache,
              head / attention.group(),
              new QueryBlock(
                  count,
                  batch.position + slot + 1,
                  bySlot ? 1 : 0,
                  query,
                  slot * in.stride() + head * attention.headDim(),
                  bySlot ? in.stride() : attention.headDim(),
                  result,
                  slot * out.stride() + head * attention.headDim(),
                  bySlot ? out.stride() : attention.headDim()),
              scoring,
              workspace.scores[worker]);
        });
    batch.written(
        out,
        attention.first() * attention.headDim(),
        (attention.first() + attention.count()) * attention.headDim());
  }

  /** First heads of the blocks that the row's heads fall into. */
  private List<Integer> blocks(int headsAtOnce) {
    List<Integer> first = new ArrayList<>();
    for (int head = attention.first();
        head < attention.first() + attention.count();
        head = endOfBlock(head, headsAtOnce)) {
      first.add(head);
    }
    return first;
  }

  /** A block ends where the row's heads do, or where another key/value head begins. */
  private int endOfBlock(int head, int headsAtOnce) {
    int endOfGroup = (head / attention.group() + 1) * attention.group();
    return Math.min(
        Math.min(head + headsAtOnce, endOfGroup), attention.first() + attention.count());
  }
}
