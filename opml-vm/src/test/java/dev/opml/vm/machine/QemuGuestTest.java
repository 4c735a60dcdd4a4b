package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.memory.MemorySnapshot;
import dev.opml.vm.testing.RandomModel;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed guest program on real images, on the machine and under qemu. */
class QemuGuestTest {
  private static final int[] PROMPT = {1, 412, 432, 261, 384};
  private static final int CONTEXT = 8;

  @TempDir private Path folder;

  @BeforeEach
  void needsQemu() {
    Qemu.assumePresent();
  }

  /** The models' formats are Q4_0 and Q8_0. */
  @ParameterizedTest
  @ValueSource(strings = {"q4_0", "q8_0"})
  void guest_promptOfABundledModel_leavesTheSameMemory(String format) throws IOException {
    Path model = format.equals("q4_0") ? TestData.bundledModelQ4() : TestData.bundledModel();
    assertSameMemory(model, 0);
  }

  /** Any format in any tensor, and weights of any bits: the guest's slow paths. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void guest_randomModel_leavesTheSameMemory(long seed) throws IOException {
    Path model = Files.write(folder.resolve("model.gguf"), RandomModel.bytes(seed));
    assertSameMemory(model, seed % 2 * 0.8f);
  }

  private void assertSameMemory(Path model, float temperature) throws IOException {
    try (GgufFile file = GgufFile.open(model)) {
      ProgramImage image = ProgramImage.build(file, CONTEXT, GraphMode.SINGLE_PHASE, 1, done -> {});
      assertSameMemory(withInput(image, temperature));
    }
  }

  /** All nodes in order. */
  private void assertSameMemory(MemorySnapshot memory) throws IOException {
    Machine machine = Machine.start(memory, new NodeIndex(0), GraphMode.SINGLE_PHASE);
    machine.runTo(InstructionIndex.END);
    assertEquals(MachineStatus.HALTED, machine.status());

    QemuGuest guest = new QemuGuest(memory, folder);
    int status = guest.run(-1);
    assertEquals(machine.register(10) & 0xff, status);

    guest.assertHolds(machine.memory());
  }

  /** Greedy at temperature 0; else every rule of sampling applies. */
  private static MemorySnapshot withInput(ProgramImage image, float temperature) {
    ByteBuffer input = ByteBuffer.allocate(128 + 4 * PROMPT.length).order(ByteOrder.LITTLE_ENDIAN);
    input.putInt(0, 1).putInt(4, PROMPT.length).putInt(8, 3).putFloat(16, temperature);
    input.putInt(20, 50).putFloat(24, 0.9f).putFloat(28, 0.01f).putLong(32, 7);
    for (int i = 0; i < PROMPT.length; i++) {
      input.putInt(128 + 4 * i, PROMPT[i]);
    }
    return image.memory().withWrites(MemoryRegion.INPUT.base(), input.array());
  }
}
