package dev.opml.vm.machine.interpreter;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Opcode;

/**
 * Layout of a pre-decoded instruction in a long: bits 0–7 {@link Opcode}, 8–15 rd, 16–23 rs1, 24–31
 * rs2, 32–63 operand. The operand is the sign-extended immediate; for branches and JAL the target's
 * index in the code. rd 0 is {@link Hart#SINK}.
 */
public final class PreDecoded {
  private PreDecoded() {}

  public static long pack(int opcode, Instruction instruction, int operand) {
    int rd = instruction.rd() == 0 ? Hart.SINK : instruction.rd();
    return opcode
        | (long) rd << 8
        | (long) instruction.rs1() << 16
        | (long) instruction.rs2() << 24
        | (long) operand << 32;
  }

  public static long pack(Instruction instruction, int operand) {
    return pack(instruction.operation().opcode(), instruction, operand);
  }

  public static int opcode(long w) {
    return (int) w & 0xff;
  }

  public static int rd(long w) {
    return (int) (w >>> 8) & 63;
  }

  public static int rs1(long w) {
    return (int) (w >>> 16) & 63;
  }

  public static int rs2(long w) {
    return (int) (w >>> 24) & 63;
  }

  public static long immediate(long w) {
    return w >> 32;
  }

  public static int target(long w) {
    return (int) (w >> 32);
  }
}
