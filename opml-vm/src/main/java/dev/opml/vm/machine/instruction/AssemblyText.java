package dev.opml.vm.machine.instruction;

import java.util.List;

/**
 * Instructions as text: the same everywhere, so no number is formatted as {@code %d}, which takes
 * the digits of the default locale.
 */
public final class AssemblyText {
  /** ABI names of the registers. */
  public static final List<String> NAMES =
      List.of(
          "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3",
          "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
          "t3", "t4", "t5", "t6");

  private static final int RETURN_ADDRESS = 1;

  private AssemblyText() {}

  /** Text of the instruction {@code word} at {@code pc}. */
  public static String of(int word, long pc) {
    Instruction instruction = Decoder.decode(word);
    String name = instruction.operation().mnemonic();
    String rd = NAMES.get(instruction.rd());
    String rs1 = NAMES.get(instruction.rs1());
    String rs2 = NAMES.get(instruction.rs2());
    int immediate = instruction.immediate();
    String target = "0x" + Long.toHexString(pc + immediate);
    return switch (instruction.operation().format()) {
      case ILLEGAL -> "illegal 0x%08x".formatted(word);
      case UPPER -> "%s %s, 0x%x".formatted(name, rd, immediate >>> 12);
      case JUMP -> jump(instruction.rd(), target, rd);
      case JUMP_REGISTER -> jumpRegister(instruction, rd, rs1);
      case BRANCH -> branch(instruction, rs1, rs2) + ", " + target;
      case LOAD -> "%s %s, %s(%s)".formatted(name, rd, immediate, rs1);
      case STORE -> "%s %s, %s(%s)".formatted(name, rs2, immediate, rs1);
      case IMMEDIATE -> immediate(instruction, rd, rs1);
      case REGISTER -> register(instruction, rd, rs1, rs2);
      case FENCE, SYSTEM -> name;
    };
  }

  private static String jump(int link, String target, String rd) {
    return switch (link) {
      case 0 -> "j " + target;
      case RETURN_ADDRESS -> "jal " + target;
      default -> "jal %s, %s".formatted(rd, target);
    };
  }

  private static String jumpRegister(Instruction instruction, String rd, String rs1) {
    int offset = instruction.immediate();
    String to = offset == 0 ? rs1 : "%s(%s)".formatted(offset, rs1);
    return switch (instruction.rd()) {
      case 0 -> offset == 0 && instruction.rs1() == RETURN_ADDRESS ? "ret" : "jr " + to;
      case RETURN_ADDRESS -> "jalr " + to;
      default -> "jalr %s, %s".formatted(rd, to);
    };
  }

  private static String branch(Instruction instruction, String rs1, String rs2) {
    String name = instruction.operation().mnemonic();
    boolean left = instruction.rs1() == 0;
    boolean right = instruction.rs2() == 0;
    String plain = "%s %s, %s".formatted(name, rs1, rs2);
    return switch (instruction.operation()) {
      case BEQ, BNE -> right ? name + "z " + rs1 : plain;
      case BLT -> right ? "bltz " + rs1 : left ? "bgtz " + rs2 : plain;
      case BGE -> left ? "blez " + rs2 : right ? "bgez " + rs1 : plain;
      default -> plain;
    };
  }

  private static String immediate(Instruction instruction, String rd, String rs1) {
    int immediate = instruction.immediate();
    String move = rd + ", " + rs1;
    String plain = "%s %s, %s".formatted(instruction.operation().mnemonic(), move, immediate);
    return switch (instruction.operation()) {
      case ADDI ->
          instruction.rs1() == 0
              ? instruction.rd() == 0 && immediate == 0 ? "nop" : "li " + rd + ", " + immediate
              : immediate == 0 ? "mv " + move : plain;
      case ADDIW -> immediate == 0 ? "sext.w " + move : plain;
      case XORI -> immediate == -1 ? "not " + move : plain;
      case SLTIU -> immediate == 1 ? "seqz " + move : plain;
      case ANDI -> immediate == 0xff ? "zext.b " + move : plain;
      default -> plain;
    };
  }

  private static String register(Instruction instruction, String rd, String rs1, String rs2) {
    boolean left = instruction.rs1() == 0;
    boolean right = instruction.rs2() == 0;
    String of = rd + ", " + (left ? rs2 : rs1);
    String plain = "%s %s, %s, %s".formatted(instruction.operation().mnemonic(), rd, rs1, rs2);
    return switch (instruction.operation()) {
      case SUB -> left ? "neg " + of : plain;
      case SUBW -> left ? "negw " + of : plain;
      case SLTU -> left ? "snez " + of : plain;
      case SLT -> right ? "sltz " + rd + ", " + rs1 : left ? "sgtz " + of : plain;
      default -> plain;
    };
  }
}
