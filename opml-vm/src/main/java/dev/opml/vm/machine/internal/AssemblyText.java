package dev.opml.vm.machine.internal;

import java.util.List;

/** Instructions as text. */
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
    Operation operation = instruction.operation();
    String name = operation.mnemonic();
    String rd = NAMES.get(instruction.rd());
    String rs1 = NAMES.get(instruction.rs1());
    String rs2 = NAMES.get(instruction.rs2());
    int immediate = instruction.immediate();
    String target = "0x" + Long.toHexString(pc + immediate);
    return switch (operation.format()) {
      case ILLEGAL -> "illegal 0x%08x".formatted(word);
      case UPPER -> "%s %s, 0x%x".formatted(name, rd, immediate >>> 12);
      case JUMP -> instruction.rd() == 0 ? "j " + target : "%s %s, %s".formatted(name, rd, target);
      case JUMP_REGISTER -> jumpRegister(instruction, rd, rs1);
      case BRANCH -> branch(instruction, rs1, rs2, target);
      case LOAD -> "%s %s, %d(%s)".formatted(name, rd, immediate, rs1);
      case STORE -> "%s %s, %d(%s)".formatted(name, rs2, immediate, rs1);
      case IMMEDIATE -> immediate(instruction, rd, rs1);
      case REGISTER -> "%s %s, %s, %s".formatted(name, rd, rs1, rs2);
      case FENCE, SYSTEM -> name;
    };
  }

  private static String immediate(Instruction instruction, String rd, String rs1) {
    if (instruction.operation() == Operation.ADDI) {
      if (instruction.rs1() == 0) {
        return instruction.rd() == 0 && instruction.immediate() == 0
            ? "nop"
            : "li %s, %d".formatted(rd, instruction.immediate());
      }
      if (instruction.immediate() == 0) {
        return "mv %s, %s".formatted(rd, rs1);
      }
    }
    return "%s %s, %s, %d"
        .formatted(instruction.operation().mnemonic(), rd, rs1, instruction.immediate());
  }

  private static String jumpRegister(Instruction instruction, String rd, String rs1) {
    if (instruction.rd() == 0 && instruction.immediate() == 0) {
      return instruction.rs1() == RETURN_ADDRESS ? "ret" : "jr " + rs1;
    }
    return "jalr %s, %d(%s)".formatted(rd, instruction.immediate(), rs1);
  }

  private static String branch(Instruction instruction, String rs1, String rs2, String target) {
    Operation operation = instruction.operation();
    boolean againstZero =
        instruction.rs2() == 0 && (operation == Operation.BEQ || operation == Operation.BNE);
    return againstZero
        ? "%sz %s, %s".formatted(operation.mnemonic(), rs1, target)
        : "%s %s, %s, %s".formatted(operation.mnemonic(), rs1, rs2, target);
  }
}
