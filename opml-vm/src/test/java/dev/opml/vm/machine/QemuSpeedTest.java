package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.memory.MemorySnapshot;
import dev.opml.vm.testing.ProductNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    MemorySnapshot small = ProductNode.memory(type, COLUMNS, rows / 10, new Random(SEED));
    MemorySnapshot large = ProductNode.memory(type, COLUMNS, rows, new Random(SEED));
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
}
