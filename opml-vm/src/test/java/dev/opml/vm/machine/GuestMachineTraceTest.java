package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MachineStates;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GuestMachineTraceTest {
  private static final long SEED = 77;

  /**
   * {@code for (i = 300_000; i != 0; i--) { s = s * 5 + a0 + i; scratch[s & 0x3fff8] = s; }
   * state[0] = s; exit}.
   */
  private static final int[] PROGRAM = {
    0x000497b7, // lui a5, 0x49
    0x3e078793, // addi a5, a5, 992   300,000
    0x00040737, // lui a4, 0x40
    0xff870713, // addi a4, a4, -8     0x3fff8
    0x00100693, // li a3, 1
    0x02769693, // slli a3, a3, 39     scratch
    0x00000613, // li a2, 0            s
    0x00261593, // loop: slli a1, a2, 2
    0x00b60633, // add a2, a2, a1
    0x00a60633, // add a2, a2, a0
    0x00f60633, // add a2, a2, a5
    0x00e675b3, // and a1, a2, a4
    0x00d585b3, // add a1, a1, a3
    0x00c5b023, // sd a2, 0(a1)
    0xfff78793, // addi a5, a5, -1
    0xfe0790e3, // bnez a5, loop
    0x00100693, // li a3, 1
    0x02469693, // slli a3, a3, 36     state
    0x00c6b023, // sd a2, 0(a3)
    0x05d00893, // li a7, 93
    0x00000073, // ecall
  };

  private static final long LENGTH = 7 + 300_000L * 9 + 5;

  private static MemorySnapshot memory() {
    ByteBuffer code = ByteBuffer.allocate(4 * PROGRAM.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : PROGRAM) {
      code.putInt(word);
    }
    byte[] elf = new ElfBuilder().code(0x10000, code.array()).build();
    return MemorySnapshot.of(GuestProgram.load(elf).extents());
  }

  private static GuestMachineTrace trace(long node) {
    return new GuestMachineTrace(memory(), new NodeIndex(node), GraphMode.ROW_PER_NODE);
  }

  private static InstructionIndex at(long value) {
    return new InstructionIndex(value);
  }

  private static List<InstructionIndex> boundaries(long low, long high, int segments) {
    return LongStream.rangeClosed(1, segments)
        .mapToObj(i -> at(low + (high - low) * i / segments))
        .toList();
  }

  @Test
  void stateAt_zero_isTheFirstStateOfTheNode() {
    MemorySnapshot memory = memory();
    StateRoot root = new StateRoot(memory.tree().root());
    for (GraphMode mode : GraphMode.values()) {
      try (GuestMachineTrace trace = new GuestMachineTrace(memory, new NodeIndex(9), mode)) {
        assertEquals(Commitments.firstState(root, new NodeIndex(9), mode), trace.stateAt(at(0)));
      }
    }
  }

  @Test
  void stateAt_end_isWhatTheProgramComputes() {
    long sum = 0;
    for (long i = 300_000; i != 0; i--) {
      sum = sum * 5 + 42 + i;
    }
    ByteBuffer stored = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(sum);
    try (GuestMachineTrace trace = trace(42)) {
      MachineState end = trace.stateAt(InstructionIndex.END);
      assertEquals(MachineStatus.HALTED, end.status());
      assertEquals(LENGTH, end.count());
      assertEquals(LENGTH, trace.instructionCount());
      assertEquals(
          memory().withWrites(MemoryRegion.STATE.base(), stored.array()).tree().root(),
          end.lowerRoot());
    }
  }

  @Test
  void hashesAt_anyOrderOfQuestions_isThatOfAFreshMachine() {
    Random random = new Random(SEED);
    try (GuestMachineTrace trace = trace(5)) {
      for (int i = 0; i < 25; i++) {
        long boundary = (long) (random.nextDouble() * LENGTH * 1.1);
        Machine fresh = Machine.start(memory(), new NodeIndex(5), GraphMode.ROW_PER_NODE);
        fresh.runTo(at(boundary));
        assertEquals(
            MachineStates.hash(fresh.state()),
            trace.hashesAt(List.of(at(boundary))).getFirst(),
            "boundary %d, question %d, seed %d".formatted(boundary, i, SEED));
      }
    }
  }

  @Test
  void dispute_narrowing_endsInAStepThatTheReferenceConfirms() {
    long target = 1_234_567;
    try (GuestMachineTrace trace = trace(6)) {
      long low = 0;
      long high = InstructionIndex.END.value();
      while (high - low > 1) {
        int segments = (int) Math.min(8, high - low);
        List<InstructionIndex> boundaries = boundaries(low, high, segments);
        assertEquals(segments, trace.hashesAt(boundaries).size());
        for (InstructionIndex boundary : boundaries) {
          if (boundary.value() <= target) {
            low = boundary.value();
          } else {
            high = boundary.value();
            break;
          }
        }
      }
      assertEquals(target, low);
      List<MachineStateHash> hashes = trace.hashesAt(List.of(at(low), at(high)));
      assertEquals(hashes.get(1), new WitnessStep().step(hashes.get(0), trace.witnessAt(at(low))));
      assertEquals(hashes.get(0), MachineStates.hash(trace.stateAt(at(low))));
    }
  }

  @Test
  void hashesAt_pastTheHalt_isTheHaltedState() {
    try (GuestMachineTrace trace = trace(5)) {
      List<MachineStateHash> hashes =
          trace.hashesAt(List.of(at(LENGTH - 1), at(LENGTH), at(LENGTH + 1), at(1L << 32)));
      assertEquals(hashes.get(1), hashes.get(2));
      assertEquals(hashes.get(1), hashes.get(3));
      WitnessStep step = new WitnessStep();
      assertEquals(hashes.get(1), step.step(hashes.get(0), trace.witnessAt(at(LENGTH - 1))));
      assertEquals(hashes.get(1), step.step(hashes.get(1), trace.witnessAt(at(LENGTH))));
    }
  }

  @Test
  void disassemble_runningAndHalted_says() {
    try (GuestMachineTrace trace = trace(5)) {
      assertEquals("0x10000: lui a5, 0x49", trace.disassemble(at(0)));
      assertEquals("0x1001c: slli a1, a2, 2", trace.disassemble(at(7)));
      assertEquals("halted", trace.disassemble(InstructionIndex.END));
      assertEquals("0x10050: ecall", trace.disassemble(at(LENGTH - 1)));
    }
  }

  @Test
  void disassemble_faults_areNamed() {
    byte[] jump = {0x67, 0, 0, 0x40}; // jr 1024(zero)
    byte[] away = {(byte) 0xb7, 2, 0, 0x20, 0x67, (byte) 0x80, 2, 0}; // lui t0, 0x20000; jr t0
    for (byte[] code : List.of(jump, away)) {
      MemorySnapshot memory = MemorySnapshot.of(List.of(MemoryExtent.of(0x10000, code)));
      try (GuestMachineTrace trace =
          new GuestMachineTrace(memory, new NodeIndex(0), GraphMode.ROW_PER_NODE)) {
        long last = trace.instructionCount() - 1;
        assertEquals(
            code == jump ? "0x400: illegal 0x00000000" : "0x20000000: outside the program",
            trace.disassemble(at(last)));
        assertEquals("faulted", trace.disassemble(at(last + 1)));
      }
    }
  }

  @Test
  void hashesAt_descendingBoundaries_isRefused() {
    try (GuestMachineTrace trace = trace(5)) {
      assertThrows(IllegalArgumentException.class, () -> trace.hashesAt(List.of(at(5), at(4))));
    }
  }

  @Test
  void close_thenUse_isRefused() {
    GuestMachineTrace trace = trace(5);
    trace.close();
    assertThrows(IllegalStateException.class, () -> trace.stateAt(at(0)));
    trace.close();
  }
}
