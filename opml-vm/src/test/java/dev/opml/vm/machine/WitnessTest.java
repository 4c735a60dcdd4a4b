package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.MachineStateHash;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.merkle.Keccak256;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.machine.reference.ReferenceStep;
import dev.opml.vm.machine.reference.WitnessEncoder;
import dev.opml.vm.machine.reference.WitnessReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WitnessTest {
  private static final int OPENINGS = WitnessReader.STATE_LENGTH;

  /** Machines whose next instruction needs no, one or two openings. */
  static Stream<TestMachine> machines() {
    TestMachine halted = TestMachine.of(Assembler.ecall()).set(17, 93).step();
    TestMachine outside = TestMachine.of(Assembler.nop());
    outside.hart.pc = 1L << 33;
    return Stream.of(
        halted,
        outside,
        TestMachine.of(0),
        TestMachine.of(Assembler.r(Operation.MUL, 1, 2, 3)),
        TestMachine.of(Assembler.s(Operation.SD, 2, 1, 0)),
        TestMachine.of(Assembler.i(Operation.LW, 1, 2, -4)),
        TestMachine.of(Assembler.i(Operation.LD, 1, 6, 0)).set(6, TestMachine.ENTRY),
        TestMachine.of(Assembler.s(Operation.SD, 2, 2, -8)),
        TestMachine.of(Assembler.s(Operation.SB, 2, 3, 9))
            .set(3, TestMachine.STATE)
            .poke(TestMachine.STATE, 5)
            .poke(TestMachine.STATE + 128, 6));
  }

  private static byte[] witness(TestMachine machine) {
    return WitnessEncoder.encode(machine.hart).encoded();
  }

  private static void assertInvalid(MachineStateHash state, byte[] witness, String what) {
    InvalidWitnessException e =
        assertThrows(
            InvalidWitnessException.class, () -> ReferenceStep.execute(state, witness), what);
    assertTrue(e.offset() >= 0 && e.offset() <= witness.length, () -> what + ": " + e);
  }

  @ParameterizedTest
  @MethodSource("machines")
  void step_anyBitFlipped_isInvalid(TestMachine machine) {
    MachineStateHash state = machine.hash();
    byte[] witness = witness(machine);
    for (int i = 0; i < witness.length; i++) {
      for (int bit : i % 16 == 0 ? new int[] {0, 1, 2, 3, 4, 5, 6, 7} : new int[] {i % 8}) {
        byte[] changed = witness.clone();
        changed[i] ^= (byte) (1 << bit);
        assertInvalid(state, changed, "byte " + i + " bit " + bit);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void step_cutOrExtended_isInvalid(TestMachine machine) {
    MachineStateHash state = machine.hash();
    byte[] witness = witness(machine);
    for (int length = 0; length < witness.length; length++) {
      assertInvalid(state, Arrays.copyOf(witness, length), "length " + length);
    }
    assertInvalid(state, Arrays.copyOf(witness, witness.length + 1), "one byte more");
    assertInvalid(state, Arrays.copyOf(witness, witness.length + 136), "a leaf more");
  }

  @Test
  void step_openingThatIsNotNeeded_isInvalid() {
    TestMachine load = TestMachine.of(Assembler.i(Operation.LD, 1, 6, 0));
    byte[] two = witness(load.set(6, TestMachine.STATE));
    TestMachine faulting = TestMachine.of(Assembler.i(Operation.LD, 1, 6, 0)).set(6, 4);
    byte[] one = witness(faulting);
    assertEquals(1, one[OPENINGS]);
    byte[] more = Arrays.copyOf(one, two.length);
    System.arraycopy(two, one.length, more, one.length, two.length - one.length);
    more[OPENINGS] = 2;
    assertInvalid(faulting.hash(), more, "opened for a load that faults");
    TestMachine halted = TestMachine.of(Assembler.ecall()).set(17, 93).step();
    byte[] open = Arrays.copyOf(witness(halted), one.length);
    System.arraycopy(one, OPENINGS, open, OPENINGS, one.length - OPENINGS);
    assertInvalid(halted.hash(), open, "opened for a halted machine");
  }

  @Test
  void step_openingsSwapped_isInvalid() {
    TestMachine machine = TestMachine.of(Assembler.i(Operation.LD, 1, 2, -8));
    byte[] witness = witness(machine);
    int length = 128 + 8 + 32 * Long.bitCount(bitmap(witness));
    int first = OPENINGS + 1;
    byte[] swapped = Arrays.copyOf(witness, witness.length);
    System.arraycopy(witness, first + length, swapped, first, witness.length - first - length);
    System.arraycopy(witness, first, swapped, witness.length - length, length);
    assertInvalid(machine.hash(), swapped, "swapped");
  }

  private static long bitmap(byte[] witness) {
    return ByteBuffer.wrap(witness).getLong(OPENINGS + 1 + 128);
  }

  @Test
  void step_statusThatDoesNotExist_isInvalid() {
    byte[] witness = witness(TestMachine.of(Assembler.nop()));
    for (int status : new int[] {3, 4, 128, 255}) {
      witness[48] = (byte) status;
      MachineStateHash state =
          new MachineStateHash(Keccak256.hash(witness, 0, WitnessReader.STATE_LENGTH));
      InvalidWitnessException e =
          assertThrows(InvalidWitnessException.class, () -> ReferenceStep.execute(state, witness));
      assertEquals(48, e.offset());
      assertTrue(e.getMessage().contains("no status " + status), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, -2, -1})
  void step_anyCount_isOneMoreModulo2To64(long count) {
    TestMachine machine = TestMachine.of(Assembler.nop());
    machine.hart.count = count;
    MachineStateHash next = ReferenceStep.execute(machine.hash(), witness(machine));
    machine.hart.count = count + 1;
    machine.hart.pc += 4;
    assertEquals(machine.hash(), next);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void step_haltedOrFaulted_isTheStateItself(boolean exits) {
    TestMachine machine = TestMachine.of(Assembler.ecall()).set(17, exits ? 93 : 0).step();
    byte[] witness = witness(machine);
    assertEquals(exits ? 1 : 2, witness[48]);
    assertEquals(OPENINGS + 1, witness.length);
    assertEquals(machine.hash(), ReferenceStep.execute(machine.hash(), witness));
  }

  @Test
  void step_randomBytes_isInvalid() {
    Random random = new Random(3);
    MachineStateHash state = TestMachine.of(Assembler.nop()).hash();
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[random.nextInt(1200)];
      random.nextBytes(bytes);
      assertInvalid(state, bytes, "random, seed 3, " + i);
      if (bytes.length >= WitnessReader.STATE_LENGTH) {
        bytes[48] = 0;
        MachineStateHash own =
            new MachineStateHash(Keccak256.hash(bytes, 0, WitnessReader.STATE_LENGTH));
        // Random pc: outside the program, so that only the tail decides.
        if (bytes.length > OPENINGS + 1) {
          assertInvalid(own, bytes, "random after the state, seed 3, " + i);
        }
      }
    }
  }

  @Test
  void encode_layout_isThatOfTheFormat() {
    TestMachine machine = TestMachine.of(Assembler.nop()).set(1, 0x0102_0304_0506_0708L);
    byte[] witness = witness(machine);
    assertEquals(297, OPENINGS);
    assertEquals(List.of((byte) 1, (byte) 2), List.of(witness[49], witness[50]));
    assertEquals(1, witness[OPENINGS]);
    assertEquals(0x13, witness[OPENINGS + 1]);
    assertEquals(OPENINGS + 1 + 128 + 8 + 32 * Long.bitCount(bitmap(witness)), witness.length);
  }
}
