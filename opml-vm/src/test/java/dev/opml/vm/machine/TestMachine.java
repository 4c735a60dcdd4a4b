package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MachineStates;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.interpreter.Interpreter;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.machine.reference.ReferenceStep;
import dev.opml.vm.machine.reference.WitnessEncoder;
import dev.opml.vm.machine.translator.TieredEngine;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A hart on a few instructions at the entry point, which executes each instruction in the
 * interpreter and the reference step and insists that they agree.
 */
final class TestMachine {
  static final long ENTRY = 0x10000;
  static final long STATE = MemoryRegion.STATE.base();
  static final long SCRATCH = MemoryRegion.SCRATCH.base();

  final Hart hart;
  final Interpreter engine;

  TestMachine(MemorySnapshot memory) {
    hart =
        Hart.of(
            Commitments.firstState(
                new StateRoot(memory.tree().root()), new NodeIndex(0), GraphMode.ROW_PER_NODE),
            GuestMemory.over(memory));
    engine = new Interpreter(ProgramCode.of(memory));
  }

  static TestMachine of(int... words) {
    return new TestMachine(snapshot(words));
  }

  static MemorySnapshot snapshot(int... words) {
    return MemorySnapshot.of(List.of(MemoryExtent.of(ENTRY, bytes(words))));
  }

  static byte[] bytes(int... words) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      bytes.putInt(word);
    }
    return bytes.array();
  }

  /** An engine that translates after a few rounds. */
  static TieredEngine eager(Hart hart) {
    return translator(hart, 3);
  }

  /** An engine that translates after that many rounds. */
  static TieredEngine translator(Hart hart, int hot) {
    return new TieredEngine(ProgramCode.of(hart.memory.base()), hot, () -> 0);
  }

  static void assertSameState(Hart expected, Hart actual, String what) {
    assertEquals(expected.count, actual.count, what);
    assertEquals(expected.pc, actual.pc, what);
    assertEquals(expected.status, actual.status, what);
    int register =
        Arrays.mismatch(expected.registers, 0, Hart.SINK, actual.registers, 0, Hart.SINK);
    assertEquals(-1, register, () -> what + ", x" + register);
  }

  TestMachine set(int register, long value) {
    hart.registers[register] = value;
    return this;
  }

  long get(int register) {
    return hart.registers[register];
  }

  /** Puts eight bytes into memory that the machine may store to. */
  TestMachine poke(long address, long value) {
    long[] page = hart.memory.pageForStore(address, 8);
    page[GuestMemory.wordIndex(address)] = value;
    return this;
  }

  long peek(long address) {
    byte[] bytes = new byte[8];
    hart.memory.read(address, bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** Executes one instruction, twice. */
  TestMachine step() {
    MachineStateHash before = hash();
    byte[] witness = WitnessEncoder.encode(hart).encoded();
    MachineStateHash expected = ReferenceStep.execute(before, witness);
    String where = "instruction %d at 0x%x".formatted(hart.count, hart.pc);
    engine.run(hart, hart.count + 1);
    assertEquals(expected, hash(), where);
    assertEquals(0, hart.registers[0], where);
    return this;
  }

  MachineStateHash hash() {
    return MachineStates.hash(hart.state());
  }

  /** Executes one instruction and insists that it faults and changes nothing else. */
  void assertFaults(String what) {
    var before = hart.state();
    step();
    var after = hart.state();
    assertEquals(MachineStatus.FAULTED, after.status(), what);
    assertEquals(before.pc(), after.pc(), what);
    assertEquals(before.count() + 1, after.count(), what);
    assertEquals(before.registers(), after.registers(), what);
    assertEquals(before.lowerRoot(), after.lowerRoot(), what);
    assertEquals(before.upperRoot(), after.upperRoot(), what);
  }

  /** Executes one instruction and insists that the machine goes on. */
  TestMachine runs() {
    step();
    assertEquals(MachineStatus.RUNNING, hart.status);
    return this;
  }
}
