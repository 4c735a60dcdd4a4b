package dev.opml.vm.trace;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.LeafRun;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.engine.NodeSink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Hashes what nodes write, in whatever order a batch computes them, and replays it in trace order.
 *
 * <p>Of a write only the roots of its largest aligned subtrees are kept, some 32 bytes in all:
 * every node that writes there again replaces the same subtrees. Bytes are copied first and hashed
 * when there are enough of them for all threads of the engine.
 */
final class NodeWrites implements NodeSink {
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LEAF_WORDS = MemoryRegion.LEAF_SIZE / Long.BYTES;

  /** Words that wait to be hashed: enough to share, few enough to stay in a core's cache. */
  private static final int ROOM = 1 << 14;

  /** A write whose words wait. */
  private record Write(long node, LeafRun.Source leaves) {}

  private final Inference inference;
  private final int nodesPerToken;
  private final Map<Long, List<LeafRun>> byNode = new HashMap<>();
  private final List<Write> waiting = new ArrayList<>();
  private long[] words = new long[ROOM];
  private int used;

  NodeWrites(Inference inference, int nodesPerToken) {
    this.inference = inference;
    this.nodesPerToken = nodesPerToken;
  }

  @Override
  public void written(long position, int row, long address, MemorySegment bytes) {
    int leaves = Math.toIntExact(bytes.byteSize() / MemoryRegion.LEAF_SIZE);
    int count = leaves * LEAF_WORDS;
    if (count > words.length - used) {
      hashWaiting();
    }
    if (count > words.length) {
      words = new long[count];
    }
    MemorySegment.copy(bytes, WORD, 0, words, used, count);
    long node = NodeIndex.of(position, row, nodesPerToken).value();
    long first = address / MemoryRegion.LEAF_SIZE;
    waiting.add(new Write(node, new LeafRun.Source(first, leaves, used)));
    used += count;
  }

  private void hashWaiting() {
    List<LeafRun.Source> sources = waiting.stream().map(Write::leaves).toList();
    List<LeafRun> runs = LeafRun.of(sources, words, inference::share);
    for (int i = 0; i < runs.size(); i++) {
      byNode.computeIfAbsent(waiting.get(i).node(), node -> new ArrayList<>()).add(runs.get(i));
    }
    waiting.clear();
    used = 0;
  }

  /**
   * What the nodes of a position make of {@code before}: the tree after each of them, in trace
   * order. Forgets what they wrote.
   */
  List<MerkleTree> replay(long position, MerkleTree before) {
    hashWaiting();
    List<MerkleTree> trees = new ArrayList<>();
    MerkleTree tree = before;
    for (long node = NodeIndex.of(position, 0, nodesPerToken).value();
        trees.size() < nodesPerToken;
        node++) {
      for (LeafRun run : Objects.requireNonNullElse(byNode.remove(node), List.<LeafRun>of())) {
        tree = tree.withRun(run);
      }
      trees.add(tree);
    }
    return trees;
  }
}
