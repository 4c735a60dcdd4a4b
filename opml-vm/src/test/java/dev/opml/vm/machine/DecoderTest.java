package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Operation;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Operands. Which words are instructions is what {@link InvalidEncodingTest} checks. */
class DecoderTest {
  @Test
  void decode_zeroOnesAndCompressed_areIllegal() {
    for (int word : new int[] {0, -1, 1, 2, 0x00010001, 0x0000_100f, 0xc000_2573, 0x3020_0073}) {
      assertEquals(new Instruction(Operation.ILLEGAL, 0, 0, 0, word), Decoder.decode(word));
    }
  }

  @Test
  void decode_registers_areTakenFromTheirFields() {
    for (int rd = 0; rd < 32; rd++) {
      int rs1 = (rd + 7) % 32;
      int rs2 = (rd + 19) % 32;
      assertEquals(
          new Instruction(Operation.SUB, rd, rs1, rs2, 0),
          Decoder.decode(Assembler.r(Operation.SUB, rd, rs1, rs2)));
      assertEquals(
          new Instruction(Operation.SD, 0, rs1, rs2, -8),
          Decoder.decode(Assembler.s(Operation.SD, rs2, rs1, -8)));
      assertEquals(
          new Instruction(Operation.BLTU, 0, rs1, rs2, -4096),
          Decoder.decode(Assembler.b(Operation.BLTU, rs1, rs2, -4096)));
    }
  }

  @Test
  void decode_everyImmediate_isSignExtended() {
    for (int value = -2048; value < 2048; value++) {
      assertEquals(value, Decoder.decode(Assembler.i(Operation.ADDI, 1, 2, value)).immediate());
      assertEquals(value, Decoder.decode(Assembler.s(Operation.SW, 1, 2, value)).immediate());
      assertEquals(
          2 * value, Decoder.decode(Assembler.b(Operation.BNE, 1, 2, 2 * value)).immediate());
    }
    for (int value = -(1 << 20); value < 1 << 20; value += 2) {
      assertEquals(value, Decoder.decode(Assembler.jal(1, value)).immediate());
    }
    for (int value : new int[] {0, 0x1000, 0x7fff_f000, 0x8000_0000, 0xffff_f000}) {
      assertEquals(value, Decoder.decode(Assembler.u(Operation.LUI, 1, value)).immediate());
    }
    for (int amount = 0; amount < 64; amount++) {
      assertEquals(amount, Decoder.decode(Assembler.i(Operation.SRAI, 1, 2, amount)).immediate());
    }
  }

  @Test
  void operations_haveDistinctOpcodes() {
    Set<Integer> opcodes =
        EnumSet.allOf(Operation.class).stream().map(Operation::opcode).collect(Collectors.toSet());
    assertEquals(Operation.values().length, opcodes.size());
    assertEquals(
        EnumSet.complementOf(EnumSet.of(Operation.ILLEGAL)), EnumSet.copyOf(Encoding.OF.keySet()));
  }
}
