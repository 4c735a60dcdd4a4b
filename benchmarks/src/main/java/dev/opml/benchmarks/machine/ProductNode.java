package dev.opml.benchmarks.machine;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.benchmarks.synthetic.RandomWeights;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Project;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.machine.GuestProgram;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Memory before a node that multiplies a matrix of random weights with a random vector. */
final class ProductNode {
  private static final int SLOT = MemoryRegion.LEAF_SIZE;

  private ProductNode() {}

  /**
   * The memory; its tree is not computed.
   *
   * @param columns elements of a row, whole blocks
   * @param nan whether the vector and all that is a float in the matrix are NaN
   */
  static MemorySnapshot memory(GgmlType type, int columns, int rows, boolean nan) {
    RandomGenerator random = new SplittableRandom(1);
    long in = MemoryRegion.STATE.base();
    int inBytes = roundUp(columns * Float.BYTES, SLOT);
    ByteBuffer state = little(inBytes + roundUp(rows * Float.BYTES, SLOT));
    for (int i = 0; i < columns; i++) {
      state.putFloat(nan ? Float.NaN : (float) random.nextGaussian());
    }
    GraphHeader header = new GraphHeader(GraphMode.ROW_PER_NODE, 1, rows, 2, TokenIds.of());
    ByteBuffer graph = little(2 * GraphRow.SIZE).put(header.encode()).position(GraphRow.SIZE);
    Weight matrix = new Weight(type, MemoryRegion.MODEL.base());
    Project product = Project.plain(columns, 0, rows, matrix, in, in + inBytes);
    new GraphRow(product, false).encode(graph);
    ByteBuffer input = little(2 * SLOT).putInt(2).putInt(1).putInt(1);
    List<MemoryExtent> extents = new ArrayList<>(GuestProgram.bundled().extents());
    extents.add(extent(MemoryRegion.GRAPH.base(), graph));
    extents.add(extent(MemoryRegion.INPUT.base(), input));
    extents.add(extent(in, state));
    byte[] weights = weights(type, columns, rows, random);
    if (nan) {
      Arrays.fill(weights, (byte) 0xff); // NaN in every format of floats
    }
    extents.add(MemoryExtent.of(MemoryRegion.MODEL.base(), weights));
    return MemorySnapshot.of(extents, MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH));
  }

  private static byte[] weights(GgmlType type, int columns, int rows, RandomGenerator random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      new RandomWeights(type, 1 / Math.sqrt(columns), random).write((long) columns * rows, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static MemoryExtent extent(long base, ByteBuffer bytes) {
    return new MemoryExtent(base, MemorySegment.ofBuffer(bytes.rewind()));
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
