package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineStatesTest {
  private static final Bytes32 LOWER = Keccak256.hash(new byte[] {1});
  private static final Bytes32 UPPER = Keccak256.hash(new byte[] {2});

  private static List<Long> registers() {
    List<Long> registers = new ArrayList<>();
    for (int i = 1; i <= 31; i++) {
      registers.add(0x0101010101010101L * i);
    }
    return registers;
  }

  @Test
  void encode_knownState_isTheLayoutOfTheDocument() {
    MachineState state =
        new MachineState(LOWER, UPPER, 0x10004, 0x123456789aL, MachineStatus.FAULTED, registers());
    byte[] expected = new byte[297];
    byte[] memory = Naive.keccak(LOWER.toByteArray(), UPPER.toByteArray());
    System.arraycopy(memory, 0, expected, 0, 32);
    expected[37] = 1;
    expected[39] = 4;
    expected[43] = 0x12;
    expected[44] = 0x34;
    expected[45] = 0x56;
    expected[46] = 0x78;
    expected[47] = (byte) 0x9a;
    expected[48] = 2;
    for (int i = 0; i < 31 * 8; i++) {
      expected[49 + i] = (byte) (i / 8 + 1);
    }
    assertArrayEquals(expected, MachineStates.encode(state));
    assertEquals(MachineStates.ENCODED_LENGTH, expected.length);
    assertEquals(Bytes32.of(memory), MachineStates.memoryRoot(state));
    assertEquals(Bytes32.of(Naive.keccak(expected)), MachineStates.hash(state).value());
  }

  @Test
  void hash_anyFieldChanged_changes() {
    MachineState state = new MachineState(LOWER, UPPER, 8, 9, MachineStatus.RUNNING, registers());
    List<Long> otherRegisters = registers();
    otherRegisters.set(30, 0L);
    for (MachineState other :
        List.of(
            new MachineState(UPPER, UPPER, 8, 9, MachineStatus.RUNNING, registers()),
            new MachineState(LOWER, LOWER, 8, 9, MachineStatus.RUNNING, registers()),
            new MachineState(LOWER, UPPER, 9, 9, MachineStatus.RUNNING, registers()),
            new MachineState(LOWER, UPPER, 8, 8, MachineStatus.RUNNING, registers()),
            new MachineState(LOWER, UPPER, 8, 9, MachineStatus.HALTED, registers()),
            new MachineState(LOWER, UPPER, 8, 9, MachineStatus.RUNNING, otherRegisters))) {
      assertNotEquals(MachineStates.hash(state), MachineStates.hash(other), other.toString());
    }
  }

  @Test
  void encode_wrongNumberOfRegisters_isMisuse() {
    assertThrows(
        IllegalArgumentException.class,
        () -> MachineStates.encode(LOWER, 0, 0, MachineStatus.RUNNING, registers().subList(0, 30)));
  }
}
