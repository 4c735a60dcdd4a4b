package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.testing.RandomWeights;
import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Memory of a random graph as it fills: weights, rotation tables, and room for the state. */
final class RandomRegions {
  /** More than header and node table take. */
  private static final int TABLES = 1 << 15;

  private final Random random;
  private final RandomWeights weights;
  private final ByteArrayOutputStream model = new ByteArrayOutputStream();
  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private long freeState = MemoryRegion.STATE.base();

  RandomRegions(Random random, boolean tame) {
    this.random = random;
    weights = new RandomWeights(random, tame);
    graph.writeBytes(new byte[TABLES]);
  }

  /** A matrix of any format. */
  Weight matrix(int columns, int rows) {
    GgmlType type = weights.type(columns);
    byte[] bytes = weights.of(type, (long) columns * rows);
    return new Weight(type, append(model, MemoryRegion.MODEL, bytes));
  }

  /** A vector of float32. */
  long vector(int length) {
    return append(model, MemoryRegion.MODEL, weights.of(GgmlType.F32, length));
  }

  /** A table of float32 in the graph region. */
  long table(int length) {
    return append(graph, MemoryRegion.GRAPH, weights.of(GgmlType.F32, length));
  }

  private long append(ByteArrayOutputStream to, MemoryRegion region, byte[] bytes) {
    int alignment = weights.pick(8, 32);
    while (to.size() % alignment != 0) {
      to.write(0);
    }
    long address = region.base() + to.size();
    to.writeBytes(bytes);
    return address;
  }

  /** Room in the state region, whole slots. */
  long state(long bytes) {
    long address = freeState + (long) MemoryRegion.LEAF_SIZE * random.nextInt(3);
    freeState = (address + bytes + MemoryRegion.LEAF_SIZE - 1) & -MemoryRegion.LEAF_SIZE;
    return address;
  }

  byte[] model() {
    return model.toByteArray();
  }

  byte[] graph() {
    return graph.toByteArray();
  }

  long freeState() {
    return freeState;
  }
}
