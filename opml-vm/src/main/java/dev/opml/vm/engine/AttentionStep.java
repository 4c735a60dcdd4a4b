package dev.opml.vm.engine;

import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.KvCache;
import dev.opml.vm.kernel.QueryBlock;
import java.util.ArrayList;
import java.util.List;

/** ATTENTION: a range of query heads over all positions so far. */
final class AttentionStep implements Step {
  private final Kernels kernels;
  private final GraphRow row;
  private final Buffer in;
  private final Buffer out;

  AttentionStep(Kernels kernels, GraphRow row, Buffers buffers) {
    this.kernels = kernels;
    this.row = row;
    in = buffers.at(row.in());
    out = buffers.at(row.out());
  }

  @Override
  public void run(Batch batch) {
    Workspace workspace = batch.workspace;
    KvCache cache = batch.cache(row.aux());
    float[] query = workspace.data(in);
    float[] result = workspace.data(out);
    // Queries that share keys and values are computed together: heads of a group, or positions.
    boolean bySlot = batch.slots() >= QueryBlock.MOST;
    int headsAtOnce = bySlot ? 1 : Math.min(row.group(), QueryBlock.MOST);
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
              head / row.group(),
              new QueryBlock(
                  count,
                  batch.position + slot + 1,
                  bySlot ? 1 : 0,
                  query,
                  slot * in.stride() + head * row.headDim(),
                  bySlot ? in.stride() : row.headDim(),
                  result,
                  slot * out.stride() + head * row.headDim(),
                  bySlot ? out.stride() : row.headDim()),
              row.constant(),
              workspace.scores[worker]);
        });
    batch.written(out, row.first() * row.headDim(), (row.first() + row.count()) * row.headDim());
  }

  /** First heads of the blocks that the row's heads fall into. */
  private List<Integer> blocks(int headsAtOnce) {
    List<Integer> first = new ArrayList<>();
    for (int head = row.first();
        head < row.first() + row.count();
        head = endOfBlock(head, headsAtOnce)) {
      first.add(head);
    }
    return first;
  }

  /** A block ends where the row's heads do, or where another key/value head begins. */
  private int endOfBlock(int head, int headsAtOnce) {
    int endOfGroup = (head / row.group() + 1) * row.group();
    return Math.min(Math.min(head + headsAtOnce, endOfGroup), row.first() + row.count());
  }
}
