package dev.opml.vm.machine;

import dev.opml.vm.machine.instruction.Operation;

/** Instruction words from operands. */
final class Assembler {
  private Assembler() {}

  static int r(Operation operation, int rd, int rs1, int rs2) {
    return match(operation) | rd << 7 | rs1 << 15 | rs2 << 20;
  }

  /** ALU operations with immediates, shifts, loads, JALR. */
  static int i(Operation operation, int rd, int rs1, int immediate) {
    int field = isShift(operation) ? immediate : immediate & 0xfff;
    return match(operation) | rd << 7 | rs1 << 15 | field << 20;
  }

  static int s(Operation operation, int rs2, int rs1, int immediate) {
    return match(operation)
        | rs1 << 15
        | rs2 << 20
        | (immediate & 31) << 7
        | (immediate >> 5 & 127) << 25;
  }

  static int b(Operation operation, int rs1, int rs2, int distance) {
    return match(operation)
        | rs1 << 15
        | rs2 << 20
        | bits(distance, 11, 1) << 7
        | bits(distance, 1, 4) << 8
        | bits(distance, 5, 6) << 25
        | bits(distance, 12, 1) << 31;
  }

  /** LUI and AUIPC; the low 12 bits of the immediate must be zero. */
  static int u(Operation operation, int rd, int immediate) {
    return match(operation) | rd << 7 | immediate;
  }

  static int jal(int rd, int distance) {
    return match(Operation.JAL)
        | rd << 7
        | bits(distance, 12, 8) << 12
        | bits(distance, 11, 1) << 20
        | bits(distance, 1, 10) << 21
        | bits(distance, 20, 1) << 31;
  }

  static int nop() {
    return i(Operation.ADDI, 0, 0, 0);
  }

  static int ecall() {
    return match(Operation.ECALL);
  }

  private static int match(Operation operation) {
    return Encoding.OF.get(operation).match();
  }

  private static boolean isShift(Operation operation) {
    return switch (operation) {
      case SLLI, SRLI, SRAI, SLLIW, SRLIW, SRAIW -> true;
      default -> false;
    };
  }

  private static int bits(int value, int from, int count) {
    return value >> from & (1 << count) - 1;
  }
}
