package dev.opml.vm.machine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Project;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.machine.GuestProgram;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The speed of the machine beside qemu's: the committed guest multiplies a matrix with a vector.
 * Reports, and asserts nothing but that both compute the same.
 */
@EnabledIfEnvironmentVariable(named = "OPML_SLOW", matches = "1")
class QemuSpeedTest {
  private static final Logger LOG = System.getLogger("dev.opml.vm");
  private static final int COLUMNS = 4096;
  private static final int ROUNDS = 9;
  private static final long SEED = 20_260_321;

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "Q4_0", "Q8_0", "Q4_K", "Q6_K"})
  void product_ofAMatrixWithAVector_isTheSame(GgmlType type, @TempDir Path folder)
      throws IOException {
    Qemu.assumePresent();
    // Some hundred million instructions.
    int rows = type.blockSize() == 1 ? 2000 : 16_000;
    MemorySnapshot small = memory(type, rows / 10);
    MemorySnapshot large = memory(type, rows);
    QemuGuest smallGuest = new QemuGuest(small, Files.createDirectory(folder.resolve("small")));
    QemuGuest largeGuest = new QemuGuest(large, Files.createDirectory(folder.resolve("large")));
    long[] theirs = new long[ROUNDS];
    long[] ours = new long[ROUNDS];
    long instructions = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Machine first = start(small);
      Machine second = start(large);
      ours[round] = -time(first) + time(second);
      // The difference of two is without the start of a process.
      theirs[round] = -time(smallGuest, first) + time(largeGuest, second);
      instructions = second.count() - first.count();
    }
    Arrays.sort(theirs);
    Arrays.sort(ours);
    LOG.log(
        Level.INFO,
        "%s: million instructions a second, medians of wall time: qemu %d, the machine %d"
            .formatted(
                type,
                1000 * instructions / theirs[ROUNDS / 2],
                1000 * instructions / ours[ROUNDS / 2]));
  }

  private static Machine start(MemorySnapshot memory) {
    return Machine.start(memory, new NodeIndex(0), GraphMode.ROW_PER_NODE);
  }

  private static long time(Machine machine) {
    long start = System.nanoTime();
    machine.runTo(InstructionIndex.END);
    return System.nanoTime() - start;
  }

  private static long time(QemuGuest guest, Machine machine) throws IOException {
    long start = System.nanoTime();
    int status = guest.run(0);
    long time = System.nanoTime() - start;
    assertEquals(machine.register(10) & 0xff, status);
    guest.assertHolds(machine.memory());
    return time;
  }

  /** Memory before a node that computes a product; its tree is not computed. */
  private static MemorySnapshot memory(GgmlType type, int rows) {
    Random random = new Random(SEED);
    long in = MemoryRegion.STATE.base();
    ByteBuffer state = little(4 * COLUMNS);
    for (int i = 0; i < COLUMNS; i++) {
      state.putFloat((float) random.nextGaussian());
    }
    GraphHeader header = new GraphHeader(GraphMode.ROW_PER_NODE, 1, rows, 2, TokenIds.of());
    ByteBuffer graph = little(2 * GraphRow.SIZE).put(header.encode()).position(GraphRow.SIZE);
    Weight matrix = new Weight(type, MemoryRegion.MODEL.base());
    Project product = Project.plain(COLUMNS, 0, rows, matrix, in, in + 4 * COLUMNS);
    new GraphRow(product, false).encode(graph);
    ByteBuffer input = little(256).putInt(2).putInt(1).putInt(1);
    List<MemoryExtent> extents = new ArrayList<>(GuestProgram.bundled().extents());
    extents.add(MemoryExtent.of(MemoryRegion.GRAPH.base(), graph.array()));
    extents.add(MemoryExtent.of(MemoryRegion.INPUT.base(), input.array()));
    extents.add(MemoryExtent.of(in, state.array()));
    extents.add(MemoryExtent.of(MemoryRegion.MODEL.base(), weights(type, rows, random)));
    return MemorySnapshot.of(extents, MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH));
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Weights of ordinary size: any integers, and scales near a hundredth. */
  private static byte[] weights(GgmlType type, int rows, Random random) {
    int blocks = COLUMNS / type.blockSize() * rows;
    ByteBuffer weights = little(blocks * type.blockBytes());
    random.nextBytes(weights.array());
    for (int at = 0; at < weights.capacity(); at += type.blockBytes()) {
      switch (type) {
        case F32 -> weights.putFloat(at, (float) random.nextGaussian() / 64);
        case F16 -> weights.putShort(at, half(random.nextGaussian() / 64));
        case Q6_K -> weights.putShort(at + 208, half(0.01 + random.nextDouble() / 100));
        case Q4_K ->
            weights.putShort(at, half(0.01)).putShort(at + 2, half(random.nextDouble() / 100));
        default -> weights.putShort(at, half(0.01 + random.nextDouble() / 100));
      }
    }
    return weights.array();
  }

  private static short half(double value) {
    return Float.floatToFloat16((float) value);
  }
}
