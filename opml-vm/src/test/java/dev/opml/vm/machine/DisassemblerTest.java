package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisassemblerTest {
  /** Words and text as a GNU assembler and disassembler have them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "00000013 | nop",
        "fff00513 | li a0, -1",
        "00058513 | mv a0, a1",
        "ff010113 | addi sp, sp, -16",
        "43f55593 | srai a1, a0, 63",
        "41f5d59b | sraiw a1, a1, 31",
        "02b50533 | mul a0, a0, a1",
        "03f9df7b | illegal 0x03f9df7b",
        "800007b7 | lui a5, 0x80000",
        "00001597 | auipc a1, 0x1",
        "00813083 | ld ra, 8(sp)",
        "fef42423 | sw a5, -24(s0)",
        "00008067 | ret",
        "00078067 | jr a5",
        "000780e7 | jalr a5",
        "ff9ff06f | j 0xfff8",
        "008000ef | jal 0x10008",
        "00050463 | beqz a0, 0x10008",
        "fe051ee3 | bnez a0, 0xfffc",
        "00b57463 | bgeu a0, a1, 0x10008",
        "0ff0000f | fence",
        "00000073 | ecall",
        "00100073 | ebreak",
        "00000000 | illegal 0x00000000",
        "02f74fbb | divw t6, a4, a5",
        "f1402573 | illegal 0xf1402573",
        "0000100f | illegal 0x0000100f",
        "00001053 | illegal 0x00001053"
      })
  void disassemble_word_isItsAssembly(String word, String text) {
    assertEquals(text, Disassembler.disassemble(Integer.parseUnsignedInt(word, 16), 0x10000));
  }

  @Test
  void disassemble_anyWord_givesOneLine() {
    Random random = new Random(8);
    for (int i = 0; i < 200_000; i++) {
      String text = Disassembler.disassemble(random.nextInt(), random.nextLong());
      assertTrue(text.matches("[a-z.]+( [-a-z0-9x(), ]+)?"), text);
    }
  }

  @Test
  void disassemble_bytes_areLittleEndian() {
    assertEquals("ret", Disassembler.disassemble(new byte[] {0x67, (byte) 0x80, 0, 0}, 0));
  }
}
