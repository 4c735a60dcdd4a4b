package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The real guest, compiled C, on a graph of one row: SAMPLE over a vocabulary of 20 logits. */
class BundledGuestTest {
  private static final int VOCABULARY = 20;
  private static final int LARGEST = 13;

  /** A memory before node 0, which samples if there is a prompt. */
  static MemorySnapshot memory(int promptLength) {
    GraphHeader header = new GraphHeader(GraphMode.ROW_PER_NODE, 1, VOCABULARY, 8, TokenIds.of());
    ByteBuffer graph = little(2 * GraphRow.SIZE).put(header.encode()).position(GraphRow.SIZE);
    Sample sample = new Sample(VOCABULARY, MemoryRegion.STATE.base());
    new GraphRow(sample, true).encode(graph);
    ByteBuffer input = little(136).putInt(2).putInt(promptLength).putInt(2);
    ByteBuffer logits = little(128);
    for (int i = 0; i < VOCABULARY; i++) {
      logits.putFloat(i == LARGEST ? 4f : i / 10f);
    }
    List<MemoryExtent> extents = new ArrayList<>(GuestProgram.bundled().extents());
    extents.add(MemoryExtent.of(MemoryRegion.GRAPH.base(), graph.array()));
    extents.add(MemoryExtent.of(MemoryRegion.INPUT.base(), input.array()));
    extents.add(MemoryExtent.of(MemoryRegion.STATE.base(), logits.array()));
    return MemorySnapshot.of(extents);
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TestMachine run(MemorySnapshot memory) {
    TestMachine machine = new TestMachine(memory);
    while (machine.hart.running()) {
      assertTrue(machine.hart.count < 20_000, "still running");
      machine.step();
    }
    assertEquals(MachineStatus.HALTED, machine.hart.status);
    return machine;
  }

  @Test
  void node_withoutPrompt_isTheIdentity() {
    MemorySnapshot memory = memory(0);
    assertEquals(memory.tree().root(), run(memory).hart.state().lowerRoot());
  }

  @Test
  void sample_greedy_appendsTheLargest() {
    MemorySnapshot memory = memory(1);
    byte[] output = little(8).putInt(1).putInt(LARGEST).array();
    assertEquals(
        memory.withWrites(MemoryRegion.OUTPUT.base(), output).tree().root(),
        run(memory).hart.state().lowerRoot());
  }
}
