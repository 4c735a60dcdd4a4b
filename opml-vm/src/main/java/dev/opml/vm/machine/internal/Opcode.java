package dev.opml.vm.machine.internal;

/**
 * Numbers of the operations, as constants: what the interpreter's pre-decoded code holds and
 * switches on.
 */
final class Opcode {
  /** Not decoded yet. */
  static final int UNDECODED = 0;

  /** A branch or JAL whose target is misaligned or outside the decoded code. */
  static final int FAR_JUMP = 1;

  static final int ILLEGAL = 2;
  static final int LUI = 3;
  static final int AUIPC = 4;
  static final int JAL = 5;
  static final int JALR = 6;
  static final int BEQ = 7;
  static final int BNE = 8;
  static final int BLT = 9;
  static final int BGE = 10;
  static final int BLTU = 11;
  static final int BGEU = 12;
  static final int LB = 13;
  static final int LH = 14;
  static final int LW = 15;
  static final int LD = 16;
  static final int LBU = 17;
  static final int LHU = 18;
  static final int LWU = 19;
  static final int SB = 20;
  static final int SH = 21;
  static final int SW = 22;
  static final int SD = 23;
  static final int ADDI = 24;
  static final int SLTI = 25;
  static final int SLTIU = 26;
  static final int XORI = 27;
  static final int ORI = 28;
  static final int ANDI = 29;
  static final int SLLI = 30;
  static final int SRLI = 31;
  static final int SRAI = 32;
  static final int ADDIW = 33;
  static final int SLLIW = 34;
  static final int SRLIW = 35;
  static final int SRAIW = 36;
  static final int ADD = 37;
  static final int SUB = 38;
  static final int SLL = 39;
  static final int SLT = 40;
  static final int SLTU = 41;
  static final int XOR = 42;
  static final int SRL = 43;
  static final int SRA = 44;
  static final int OR = 45;
  static final int AND = 46;
  static final int ADDW = 47;
  static final int SUBW = 48;
  static final int SLLW = 49;
  static final int SRLW = 50;
  static final int SRAW = 51;
  static final int MUL = 52;
  static final int MULH = 53;
  static final int MULHSU = 54;
  static final int MULHU = 55;
  static final int DIV = 56;
  static final int DIVU = 57;
  static final int REM = 58;
  static final int REMU = 59;
  static final int MULW = 60;
  static final int DIVW = 61;
  static final int DIVUW = 62;
  static final int REMW = 63;
  static final int REMUW = 64;
  static final int FENCE = 65;
  static final int ECALL = 66;
  static final int EBREAK = 67;

  private Opcode() {}

  static boolean isLoad(int opcode) {
    return opcode >= LB && opcode <= LWU;
  }

  static boolean isStore(int opcode) {
    return opcode >= SB && opcode <= SD;
  }

  static boolean isBranch(int opcode) {
    return opcode >= BEQ && opcode <= BGEU;
  }

  /** Bytes that a load or store moves: 1, 2, 4 or 8. */
  static int accessSize(int opcode) {
    return switch (opcode) {
      case LB, LBU, SB -> 1;
      case LH, LHU, SH -> 2;
      case LW, LWU, SW -> 4;
      case LD, SD -> 8;
      default -> throw new IllegalArgumentException("opcode " + opcode + " accesses no memory");
    };
  }
}
