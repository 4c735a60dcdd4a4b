package dev.opml.vm.machine.internal;

/**
 * Layout of a pre-decoded instruction in a long: bits 0–7 {@link Opcode}, 8–15 rd, 16–23 rs1, 24–31
 * rs2, 32–63 operand. The operand is the sign-extended immediate; for branches and JAL the target's
 * index in the code. rd 0 is {@link Hart#SINK}.
 */
final class PreDecoded {
  private PreDecoded() {}

  static long pack(int opcode, Instruction instruction, int operand) {
    int rd = instruction.rd() == 0 ? Hart.SINK : instruction.rd();
    return opcode
        | (long) rd << 8
        | (long) instruction.rs1() << 16
        | (long) instruction.rs2() << 24
        | (long) operand << 32;
  }

  static long pack(Instruction instruction, int operand) {
    return pack(instruction.operation().opcode(), instruction, operand);
  }
}
