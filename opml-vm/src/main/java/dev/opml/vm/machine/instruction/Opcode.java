package dev.opml.vm.machine.instruction;

/**
 * Numbers of the operations, as constants: what the interpreter's pre-decoded code holds and
 * switches on.
 */
public final class Opcode {
  /** Not decoded yet. */
  public static final int UNDECODED = 0;

  /** A branch or JAL whose target is misaligned or outside the decoded code. */
  public static final int FAR_JUMP = 1;

  public static final int ILLEGAL = 2;
  public static final int LUI = 3;
  public static final int AUIPC = 4;
  public static final int JAL = 5;
  public static final int JALR = 6;
  public static final int BEQ = 7;
  public static final int BNE = 8;
  public static final int BLT = 9;
  public static final int BGE = 10;
  public static final int BLTU = 11;
  public static final int BGEU = 12;
  public static final int LB = 13;
  public static final int LH = 14;
  public static final int LW = 15;
  public static final int LD = 16;
  public static final int LBU = 17;
  public static final int LHU = 18;
  public static final int LWU = 19;
  public static final int SB = 20;
  public static final int SH = 21;
  public static final int SW = 22;
  public static final int SD = 23;
  public static final int ADDI = 24;
  public static final int SLTI = 25;
  public static final int SLTIU = 26;
  public static final int XORI = 27;
  public static final int ORI = 28;
  public static final int ANDI = 29;
  public static final int SLLI = 30;
  public static final int SRLI = 31;
  public static final int SRAI = 32;
  public static final int ADDIW = 33;
  public static final int SLLIW = 34;
  public static final int SRLIW = 35;
  public static final int SRAIW = 36;
  public static final int ADD = 37;
  public static final int SUB = 38;
  public static final int SLL = 39;
  public static final int SLT = 40;
  public static final int SLTU = 41;
  public static final int XOR = 42;
  public static final int SRL = 43;
  public static final int SRA = 44;
  public static final int OR = 45;
  public static final int AND = 46;
  public static final int ADDW = 47;
  public static final int SUBW = 48;
  public static final int SLLW = 49;
  public static final int SRLW = 50;
  public static final int SRAW = 51;
  public static final int MUL = 52;
  public static final int MULH = 53;
  public static final int MULHSU = 54;
  public static final int MULHU = 55;
  public static final int DIV = 56;
  public static final int DIVU = 57;
  public static final int REM = 58;
  public static final int REMU = 59;
  public static final int MULW = 60;
  public static final int DIVW = 61;
  public static final int DIVUW = 62;
  public static final int REMW = 63;
  public static final int REMUW = 64;
  public static final int FENCE = 65;
  public static final int ECALL = 66;
  public static final int EBREAK = 67;

  private Opcode() {}

  public static boolean isLoad(int opcode) {
    return opcode >= LB && opcode <= LWU;
  }

  public static boolean isStore(int opcode) {
    return opcode >= SB && opcode <= SD;
  }

  public static boolean isBranch(int opcode) {
    return opcode >= BEQ && opcode <= BGEU;
  }

  /** Bytes that a load or store moves: 1, 2, 4 or 8. */
  public static int accessSize(int opcode) {
    return switch (opcode) {
      case LB, LBU, SB -> 1;
      case LH, LHU, SH -> 2;
      case LW, LWU, SW -> 4;
      case LD, SD -> 8;
      default -> throw new IllegalArgumentException("opcode " + opcode + " accesses no memory");
    };
  }
}
