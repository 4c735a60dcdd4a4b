package dev.opml.vm.trace;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.engine.NodeSink;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the leaf hashes of what nodes write, in whatever order a batch computes them, and
 * replays them in trace order. Keeps 32 bytes for 128 written, until they are replayed.
 */
final class NodeWrites implements NodeSink {
  private record Write(long firstLeaf, List<Bytes32> hashes) {}

  private final int nodesPerToken;
  private final Map<Long, List<Write>> byNode = new HashMap<>();

  NodeWrites(int nodesPerToken) {
    this.nodesPerToken = nodesPerToken;
  }

  @Override
  public void written(long position, int row, long address, MemorySegment bytes) {
    int leaves = (int) (bytes.byteSize() / MemoryRegion.LEAF_SIZE);
    long firstLeaf = address / MemoryRegion.LEAF_SIZE;
    byNode
        .computeIfAbsent(position * nodesPerToken + row, node -> new ArrayList<>())
        .add(new Write(firstLeaf, List.of(Keccak256.leaves(bytes, 0, leaves))));
  }

  /** {@code before} with what node {@code node} wrote; forgets it. */
  MerkleTree replay(long node, MerkleTree before) {
    List<Write> writes = byNode.remove(node);
    MerkleTree after = before;
    if (writes != null) {
      for (Write write : writes) {
        Bytes32[] hashes = write.hashes().toArray(Bytes32[]::new);
        after = after.withLeafHashes(write.firstLeaf(), hashes);
      }
    }
    return after;
  }
}
