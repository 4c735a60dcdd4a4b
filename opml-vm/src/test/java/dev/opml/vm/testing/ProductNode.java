package dev.opml.vm.testing;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Project;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.machine.GuestProgram;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A node that multiplies a matrix with a vector, both of ordinary numbers. */
public final class ProductNode {
  private ProductNode() {}

  /** Memory before the node, which is the first; its tree is not computed. */
  public static MemorySnapshot memory(GgmlType type, int columns, int rows, Random random) {
    long in = MemoryRegion.STATE.base();
    ByteBuffer state = little(4 * columns);
    for (int i = 0; i < columns; i++) {
      state.putFloat((float) random.nextGaussian());
    }
    GraphHeader header = new GraphHeader(GraphMode.ROW_PER_NODE, 1, rows, 2, TokenIds.of());
    ByteBuffer graph = little(2 * GraphRow.SIZE).put(header.encode()).position(GraphRow.SIZE);
    Weight matrix = new Weight(type, MemoryRegion.MODEL.base());
    Project product = Project.plain(columns, 0, rows, matrix, in, in + 4L * columns);
    new GraphRow(product, false).encode(graph);
    ByteBuffer input = little(256).putInt(2).putInt(1).putInt(1);
    byte[] weights = weights(type, columns / type.blockSize() * rows, random);
    List<MemoryExtent> extents = new ArrayList<>(GuestProgram.bundled().extents());
    extents.add(MemoryExtent.of(MemoryRegion.GRAPH.base(), graph.array()));
    extents.add(MemoryExtent.of(MemoryRegion.INPUT.base(), input.array()));
    extents.add(MemoryExtent.of(in, state.array()));
    extents.add(MemoryExtent.of(MemoryRegion.MODEL.base(), weights));
    return MemorySnapshot.of(extents, MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH));
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Any integers, and floats of some hundredths. */
  private static byte[] weights(GgmlType type, int blocks, Random random) {
    byte[] weights = new byte[blocks * type.blockBytes()];
    random.nextBytes(weights);
    for (int at = 0; at < weights.length; at += type.blockBytes()) {
      for (BlockFloat number : type.floats()) {
        number.put(weights, at, number.encoding().bits((float) random.nextGaussian() / 64));
      }
    }
    return weights;
  }
}
