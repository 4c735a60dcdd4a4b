package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.instruction.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlFlowTest {
  private static final long ENTRY = TestMachine.ENTRY;

  @ParameterizedTest
  @CsvSource({
    "BEQ, 5, 5, true", "BEQ, 5, 6, false", "BNE, 5, 6, true", "BNE, 5, 5, false",
    "BLT, -1, 0, true", "BLT, 0, 0, false", "BGE, 0, -1, true", "BGE, -1, 0, false",
    "BLTU, 0, -1, true", "BLTU, -1, 0, false", "BGEU, -1, 0, true", "BGEU, 0, -1, false",
    "BGE, 3, 3, true", "BGEU, 3, 3, true", "BLT, 3, 3, false", "BLTU, 3, 3, false"
  })
  void branch_operands_decide(Operation branch, long a, long b, boolean taken) {
    for (int distance : new int[] {8, -4096, 4092}) {
      TestMachine machine =
          TestMachine.of(Assembler.b(branch, 6, 7, distance), Assembler.nop(), Assembler.nop());
      machine.set(6, a).set(7, b).runs();
      assertEquals(ENTRY + (taken ? distance : 4), machine.hart.pc);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6, -2, 4094, -4094})
  void branch_misalignedTarget_faultsOnlyIfTaken(int distance) {
    TestMachine.of(Assembler.b(Operation.BEQ, 0, 0, distance)).assertFaults("taken");
    assertEquals(
        ENTRY + 4, TestMachine.of(Assembler.b(Operation.BNE, 0, 0, distance)).runs().hart.pc);
  }

  @Test
  void jal_links_evenBackwards() {
    TestMachine machine = TestMachine.of(Assembler.jal(1, -0x10000)).runs();
    assertEquals(0, machine.hart.pc);
    assertEquals(ENTRY + 4, machine.get(1));
  }

  @Test
  void jal_belowZero_wraps() {
    TestMachine machine = TestMachine.of(Assembler.jal(1, -0x10000 - 8)).runs();
    assertEquals(-8, machine.hart.pc);
    machine.assertFaults("fetch");
  }

  @Test
  void jal_intoX0_linksNothing() {
    TestMachine machine = TestMachine.of(Assembler.jal(0, 4), Assembler.nop()).runs();
    assertEquals(ENTRY + 4, machine.hart.pc);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, -2, 0xffffe})
  void jal_misalignedTarget_faultsWithoutLinking(int distance) {
    TestMachine.of(Assembler.jal(1, distance)).set(1, 77).assertFaults("jal");
  }

  @Test
  void jalr_clearsTheLowestBitOnly() {
    int jalr = Assembler.i(Operation.JALR, 1, 6, 3);
    assertEquals(ENTRY + 4, TestMachine.of(jalr, Assembler.nop()).set(6, ENTRY + 2).runs().hart.pc);
    assertEquals(ENTRY, TestMachine.of(jalr).set(6, ENTRY - 3).runs().hart.pc);
    TestMachine.of(jalr).set(6, ENTRY).set(1, 5).assertFaults("bit 1 of the target is set");
  }

  @Test
  void jalr_ontoItsOwnSource_usesTheOldValue() {
    TestMachine machine =
        TestMachine.of(Assembler.i(Operation.JALR, 6, 6, 0), Assembler.nop()).set(6, ENTRY + 4);
    machine.runs();
    assertEquals(ENTRY + 4, machine.hart.pc);
    assertEquals(ENTRY + 4, machine.get(6));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0x1000_0000L,
        0x10_0000_0000L,
        1L << 40,
        Long.MIN_VALUE,
        -4,
        0x0fff_fffcL,
        0,
        0xfffc
      })
  void jump_toWhereNoCodeIs_isLegalAndTheFetchFaults(long target) {
    TestMachine machine = TestMachine.of(Assembler.i(Operation.JALR, 1, 6, 0)).set(6, target);
    machine.runs();
    assertEquals(target, machine.hart.pc);
    assertEquals(ENTRY + 4, machine.get(1));
    machine.assertFaults("fetch");
    assertEquals(2, machine.hart.count);
  }

  @Test
  void straightPath_offTheEndOfTheCode_faultsThere() {
    TestMachine machine = TestMachine.of(Assembler.nop()).runs();
    machine.assertFaults("zero word");
    assertEquals(ENTRY + 4, machine.hart.pc);
  }

  @Test
  void codeAfterBytesThatAreNoCode_isFetchedAtItsPlace() {
    TestMachine machine = TestMachine.of(0x0100_0000, Assembler.i(Operation.ADDI, 5, 0, 3));
    machine.hart.pc = ENTRY + 4;
    assertEquals(3, machine.runs().get(5));
    machine.hart.pc = ENTRY;
    machine.assertFaults("data");
  }

  @Test
  void misalignedPc_faults() {
    for (int offset = 1; offset < 4; offset++) {
      TestMachine machine = TestMachine.of(Assembler.nop(), Assembler.nop());
      machine.hart.pc = ENTRY + offset;
      machine.assertFaults("pc");
    }
  }

  @Test
  void lastWordOfTheProgramRegion_isFetched() {
    TestMachine machine = TestMachine.of(Assembler.nop());
    machine.hart.pc = 0x0fff_fffc;
    machine.assertFaults("zero word");
  }

  @Test
  void ecall_exit_haltsWhereItIs() {
    TestMachine machine = TestMachine.of(Assembler.ecall()).set(17, 93).set(10, 5).step();
    assertEquals(MachineStatus.HALTED, machine.hart.status);
    assertEquals(ENTRY, machine.hart.pc);
    assertEquals(1, machine.hart.count);
    assertEquals(5, machine.get(10));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 64, 94, 93L + (1L << 32), -93})
  void ecall_unknown_faults(long number) {
    TestMachine.of(Assembler.ecall()).set(17, number).assertFaults("ecall");
  }

  @Test
  void ebreak_faults() {
    TestMachine.of(0x0010_0073).assertFaults("ebreak");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x0ff0_000f, 0x0000_000f, 0x8330_000f, 0xffff_8f8f})
  void fence_anyOperands_doesNothing(int word) {
    TestMachine machine = TestMachine.of(word).set(31, 8);
    var before = machine.hart.state();
    machine.runs();
    assertEquals(before.registers(), machine.hart.state().registers());
    assertEquals(ENTRY + 4, machine.hart.pc);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        -1,
        0x0000_100f,
        0x0000_200f,
        0xc000_2573,
        0x3000_1073,
        0x3020_0073,
        0x1050_0073,
        0x0000_80e7 | 1 << 12,
        0x0000_2063,
        0x0000_7003,
        0x0000_4023,
        0x0400_1013,
        0x0200_101b,
        0x0000_201b,
        0x4000_1033,
        0x0400_0033,
        0x0200_103b,
        0x0000_203b,
        0x0000_002f,
        0x0000_0053,
        0x0000_0007,
        0x0000_0027,
        0x0000_0001,
        0x0000_4501,
        0x0020_0073
      })
  void invalidEncoding_faults(int word) {
    TestMachine machine = TestMachine.of(word, 1);
    machine.set(5, 1).assertFaults("0x%08x".formatted(word));
  }

  @Test
  void haltedAndFaultedStates_stepToThemselves() {
    TestMachine halted = TestMachine.of(Assembler.ecall()).set(17, 93).step();
    TestMachine faulted = TestMachine.of(0).step();
    for (TestMachine machine : new TestMachine[] {halted, faulted}) {
      var before = machine.hash();
      machine.step().step();
      assertEquals(before, machine.hash());
      assertEquals(1, machine.hart.count);
      machine.engine.run(machine.hart, 1L << 32);
      assertEquals(before, machine.hash());
    }
  }
}
