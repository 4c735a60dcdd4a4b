package dev.opml.vm.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.Embed;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.memory.MemorySnapshot;
import dev.opml.vm.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * The committed guest program on the machine, over real images. The hashes were made by an
 * independent implementation of docs/numerics.md in C.
 */
class GuestRunTest {
  private static final int[] PROMPT = {1, 412, 432, 261, 384};
  private static final long NODE_LIMIT = 1L << 30;

  @Test
  void singlePhase_promptOfQ4Model_hasReferenceLogits() {
    checkLogits(
        TestData.bundledModelQ4(),
        "615a6ed65d9e124aad5cae4a7d8716db6774ef246e965087dcdd799c5b74eba6");
  }

  @Test
  void singlePhase_promptOfQ8Model_hasReferenceLogits() {
    checkLogits(
        TestData.bundledModel(),
        "97124271b463c54884227497df9b1a6402adf412ae6b9f9883deaf625c378569");
  }

  private static void checkLogits(Path model, String sha256) {
    try (GgufFile file = GgufFile.open(model)) {
      ProgramImage image = ProgramImage.build(file, 8, GraphMode.SINGLE_PHASE, 1, done -> {});
      Machine machine =
          Machine.start(withInput(image, PROMPT), new NodeIndex(0), GraphMode.SINGLE_PHASE);
      machine.runTo(InstructionIndex.END);
      assertEquals(MachineStatus.HALTED, machine.status());
      Sample sampler = (Sample) image.graph().rows().getLast().operation();
      byte[] logits = new byte[4 * sampler.n()];
      machine.memory().read(sampler.in(), logits);
      assertEquals(sha256, sha256(logits));
      assertEquals(1, ByteBuffer.wrap(read(machine, MemoryRegion.OUTPUT.base(), 4)).get(0));
    }
  }

  @Test
  void eachNode_ofFirstToken_haltsBelowItsLimit() {
    try (GgufFile file = GgufFile.open(TestData.bundledModelQ4())) {
      ProgramImage image = ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 1, done -> {});
      MemorySnapshot memory = withInput(image, PROMPT);
      for (int row = 0; row < image.graph().rows().size(); row++) {
        Machine machine = Machine.start(memory, new NodeIndex(row), GraphMode.ROW_PER_NODE);
        machine.runTo(new InstructionIndex(NODE_LIMIT));
        int node = row;
        assertEquals(MachineStatus.HALTED, machine.status(), () -> "node " + node);
      }
    }
  }

  @Test
  void sampledNode_beforeLastPromptToken_leavesMemoryAlone() {
    try (GgufFile file = GgufFile.open(TestData.bundledModelQ4())) {
      ProgramImage image = ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 1, done -> {});
      MemorySnapshot memory = withInput(image, PROMPT);
      int last = image.graph().rows().size() - 1;
      assertTrue(image.graph().rows().get(last).sampled());
      Machine machine = Machine.start(memory, new NodeIndex(last), GraphMode.ROW_PER_NODE);
      machine.runTo(InstructionIndex.END);
      assertEquals(MachineStatus.HALTED, machine.status());
      assertEquals(
          memory.tree().root(),
          machine.memory().tree().subtreeRoot(MemoryRegion.PERSISTENT_DEPTH, 0));
    }
  }

  @Test
  void embedNode_ofFirstToken_writesItsWholeSlotsOnly() {
    try (GgufFile file = GgufFile.open(TestData.bundledModelQ4())) {
      ProgramImage image = ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 1, done -> {});
      Embed embed = (Embed) image.graph().rows().getFirst().operation();
      int bytes = 4 * embed.n();
      MemorySnapshot memory =
          withInput(image, PROMPT).withWrites(embed.out() + bytes, new byte[] {1, 2, 3});
      Machine machine = Machine.start(memory, new NodeIndex(0), GraphMode.ROW_PER_NODE);
      machine.runTo(InstructionIndex.END);
      MemorySnapshot expected = memory.withWrites(embed.out(), read(machine, embed.out(), bytes));
      assertEquals(
          expected.tree().root(),
          machine.memory().tree().subtreeRoot(MemoryRegion.PERSISTENT_DEPTH, 0));
      assertArrayEquals(new byte[] {1, 2, 3}, read(machine, embed.out() + bytes, 3));
    }
  }

  private static MemorySnapshot withInput(ProgramImage image, int[] prompt) {
    ByteBuffer input = ByteBuffer.allocate(128 + 4 * prompt.length).order(ByteOrder.LITTLE_ENDIAN);
    input.putInt(0, 1).putInt(4, prompt.length).putInt(8, 1).putFloat(24, 1);
    for (int i = 0; i < prompt.length; i++) {
      input.putInt(128 + 4 * i, prompt[i]);
    }
    return image.memory().withWrites(MemoryRegion.INPUT.base(), input.array());
  }

  private static byte[] read(Machine machine, long address, int size) {
    byte[] bytes = new byte[size];
    machine.memory().read(address, bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
