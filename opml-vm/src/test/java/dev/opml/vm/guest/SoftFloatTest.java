package dev.opml.vm.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.machine.GuestProgram;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.machine.MachineEngine;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import dev.opml.vm.testing.FloatOperation;
import dev.opml.vm.testing.FloatOperation.Vector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The guest's soft-float as the machine executes it: a program that consists of the guest's sources
 * and a loop over vectors (src/main/guest/test/softfloat_elf.c).
 */
class SoftFloatTest {
  private static final int HEADER = 16;
  private static final int RECORD = 16;

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EQUAL", "FUSED_MULTIPLY_ADD"})
  void operation_ownVectors_hasTheExactResult(FloatOperation operation) throws IOException {
    assertResults(operation, operation.vectors());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EQUAL", "FUSED_MULTIPLY_ADD", "MULTIPLY_THEN_ADD", "MULTIPLY_HALF_THEN_ADD"})
  void operation_testFloatVectors_hasTheirResult(FloatOperation operation) throws IOException {
    List<Vector> vectors = operation.testFloatVectors().orElse(List.of());
    Assumptions.assumeFalse(vectors.isEmpty(), "no TestFloat vectors: set OPML_SHARED");
    assertResults(operation, vectors);
  }

  private static void assertResults(FloatOperation operation, List<Vector> vectors)
      throws IOException {
    MemorySnapshot memory = memory(vectors);
    for (MachineEngine engine : MachineEngine.values()) {
      Machine machine =
          Machine.start(memory, new NodeIndex(operation.ordinal()), GraphMode.ROW_PER_NODE, engine);
      machine.runTo(InstructionIndex.END);
      assertEquals(MachineStatus.HALTED, machine.status());
      byte[] bytes = new byte[4 * vectors.size()];
      machine.memory().read(MemoryRegion.STATE.base(), bytes);
      ByteBuffer results = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (Vector vector : vectors) {
        int result = results.getInt();
        assertTrue(
            result == vector.result(),
            () -> "%s %s, got %08x".formatted(operation, vector, result));
      }
    }
  }

  private static MemorySnapshot memory(List<Vector> vectors) throws IOException {
    ByteBuffer input =
        ByteBuffer.allocate(HEADER + RECORD * vectors.size()).order(ByteOrder.LITTLE_ENDIAN);
    input.putLong(vectors.size()).position(HEADER);
    for (Vector vector : vectors) {
      input.putInt(vector.a()).putInt(vector.b()).putInt(vector.c()).putInt(0);
    }
    List<MemoryExtent> extents = new ArrayList<>();
    try (InputStream elf = SoftFloatTest.class.getResourceAsStream("softfloat.elf")) {
      extents.addAll(GuestProgram.load(elf.readAllBytes()).extents());
    }
    extents.add(MemoryExtent.of(MemoryRegion.INPUT.base(), input.array()));
    return MemorySnapshot.of(extents);
  }
}
