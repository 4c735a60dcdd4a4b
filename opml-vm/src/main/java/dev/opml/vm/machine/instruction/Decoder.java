package dev.opml.vm.machine.instruction;

import static dev.opml.vm.machine.instruction.Operation.*;

import java.util.List;

/**
 * The one decoder of RV64IM instruction words: every bit of every encoding decides. A word that is
 * no instruction of RV64IM, or a reserved one, is {@link Operation#ILLEGAL}; so are FENCE.I and the
 * CSR instructions.
 *
 * @see <a href="https://github.com/riscv/riscv-isa-manual">RISC-V unprivileged specification, RV64I
 *     and M</a>
 */
public final class Decoder {
  private static final List<Operation> BRANCHES =
      List.of(BEQ, BNE, ILLEGAL, ILLEGAL, BLT, BGE, BLTU, BGEU);
  private static final List<Operation> LOADS = List.of(LB, LH, LW, LD, LBU, LHU, LWU, ILLEGAL);
  private static final List<Operation> STORES =
      List.of(SB, SH, SW, SD, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL);
  private static final List<Operation> BASE = List.of(ADD, SLL, SLT, SLTU, XOR, SRL, OR, AND);
  private static final List<Operation> MULTIPLY =
      List.of(MUL, MULH, MULHSU, MULHU, DIV, DIVU, REM, REMU);
  private static final List<Operation> MULTIPLY_WORD =
      List.of(MULW, ILLEGAL, ILLEGAL, ILLEGAL, DIVW, DIVUW, REMW, REMUW);

  private Decoder() {}

  /** Decodes one instruction word; total. */
  public static Instruction decode(int word) {
    int funct3 = word >>> 12 & 7;
    return switch (word & 0x7f) {
      case 0x37 -> upper(LUI, word);
      case 0x17 -> upper(AUIPC, word);
      case 0x6f -> new Instruction(JAL, rd(word), 0, 0, immediateJ(word));
      case 0x67 -> immediate(funct3 == 0 ? JALR : ILLEGAL, word);
      case 0x63 -> twoSources(BRANCHES.get(funct3), word, immediateB(word));
      case 0x03 -> immediate(LOADS.get(funct3), word);
      case 0x23 -> twoSources(STORES.get(funct3), word, immediateS(word));
      case 0x13 -> operationImmediate(funct3, word);
      case 0x1b -> operationImmediateWord(funct3, word);
      case 0x33 -> register(operation(funct3, word >>> 25), word);
      case 0x3b -> register(operationWord(funct3, word >>> 25), word);
      case 0x0f -> funct3 == 0 ? new Instruction(FENCE, 0, 0, 0, 0) : illegal(word);
      case 0x73 -> system(word);
      default -> illegal(word);
    };
  }

  private static Instruction operationImmediate(int funct3, int word) {
    int funct6 = word >>> 26;
    return switch (funct3) {
      case 0 -> immediate(ADDI, word);
      case 1 -> shift(funct6 == 0 ? SLLI : ILLEGAL, word, 63);
      case 2 -> immediate(SLTI, word);
      case 3 -> immediate(SLTIU, word);
      case 4 -> immediate(XORI, word);
      case 5 -> shift(funct6 == 0 ? SRLI : funct6 == 16 ? SRAI : ILLEGAL, word, 63);
      case 6 -> immediate(ORI, word);
      default -> immediate(ANDI, word);
    };
  }

  private static Instruction operationImmediateWord(int funct3, int word) {
    int funct7 = word >>> 25;
    return switch (funct3) {
      case 0 -> immediate(ADDIW, word);
      case 1 -> shift(funct7 == 0 ? SLLIW : ILLEGAL, word, 31);
      case 5 -> shift(funct7 == 0 ? SRLIW : funct7 == 32 ? SRAIW : ILLEGAL, word, 31);
      default -> illegal(word);
    };
  }

  private static Operation operation(int funct3, int funct7) {
    return switch (funct7) {
      case 0 -> BASE.get(funct3);
      case 1 -> MULTIPLY.get(funct3);
      case 32 -> funct3 == 0 ? SUB : funct3 == 5 ? SRA : ILLEGAL;
      default -> ILLEGAL;
    };
  }

  private static Operation operationWord(int funct3, int funct7) {
    return switch (funct7) {
      case 0 -> funct3 == 0 ? ADDW : funct3 == 1 ? SLLW : funct3 == 5 ? SRLW : ILLEGAL;
      case 1 -> MULTIPLY_WORD.get(funct3);
      case 32 -> funct3 == 0 ? SUBW : funct3 == 5 ? SRAW : ILLEGAL;
      default -> ILLEGAL;
    };
  }

  private static Instruction system(int word) {
    return switch (word) {
      case 0x0000_0073 -> new Instruction(ECALL, 0, 0, 0, 0);
      case 0x0010_0073 -> new Instruction(EBREAK, 0, 0, 0, 0);
      default -> illegal(word);
    };
  }

  private static Instruction illegal(int word) {
    return new Instruction(ILLEGAL, 0, 0, 0, word);
  }

  private static Instruction upper(Operation operation, int word) {
    return new Instruction(operation, rd(word), 0, 0, word & 0xffff_f000);
  }

  private static Instruction immediate(Operation operation, int word) {
    return operation == ILLEGAL
        ? illegal(word)
        : new Instruction(operation, rd(word), rs1(word), 0, word >> 20);
  }

  private static Instruction shift(Operation operation, int word, int mask) {
    return operation == ILLEGAL
        ? illegal(word)
        : new Instruction(operation, rd(word), rs1(word), 0, word >>> 20 & mask);
  }

  private static Instruction register(Operation operation, int word) {
    return operation == ILLEGAL
        ? illegal(word)
        : new Instruction(operation, rd(word), rs1(word), rs2(word), 0);
  }

  private static Instruction twoSources(Operation operation, int word, int immediate) {
    return operation == ILLEGAL
        ? illegal(word)
        : new Instruction(operation, 0, rs1(word), rs2(word), immediate);
  }

  private static int rd(int word) {
    return word >>> 7 & 31;
  }

  private static int rs1(int word) {
    return word >>> 15 & 31;
  }

  private static int rs2(int word) {
    return word >>> 20 & 31;
  }

  private static int immediateS(int word) {
    return word >> 25 << 5 | (word >>> 7 & 31);
  }

  private static int immediateB(int word) {
    return word >> 31 << 12
        | (word >>> 7 & 1) << 11
        | (word >>> 25 & 63) << 5
        | (word >>> 8 & 15) << 1;
  }

  private static int immediateJ(int word) {
    return word >> 31 << 20
        | (word & 0xff000)
        | (word >>> 20 & 1) << 11
        | (word >>> 21 & 1023) << 1;
  }
}
