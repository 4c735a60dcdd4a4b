package dev.opml.vm.machine.instruction;

/**
 * What the arithmetic operations compute: the meaning that the interpreter and the step function
 * share.
 */
public final class Alu {
  private Alu() {}

  /**
   * The result of an operation of format {@link Format#REGISTER} or {@link Format#IMMEDIATE}.
   *
   * @param a value of rs1
   * @param b value of rs2, or the sign-extended immediate
   */
  public static long compute(Operation operation, long a, long b) {
    return switch (operation) {
      case ADD, ADDI -> a + b;
      case SUB -> a - b;
      case SLL, SLLI -> a << b;
      case SLT, SLTI -> lessThan(a, b);
      case SLTU, SLTIU -> lessThanUnsigned(a, b);
      case XOR, XORI -> a ^ b;
      case SRL, SRLI -> a >>> b;
      case SRA, SRAI -> a >> b;
      case OR, ORI -> a | b;
      case AND, ANDI -> a & b;
      case ADDW, ADDIW -> (int) (a + b);
      case SUBW -> (int) (a - b);
      case SLLW, SLLIW -> shiftLeftWord(a, b);
      case SRLW, SRLIW -> shiftRightWord(a, b);
      case SRAW, SRAIW -> (int) a >> (int) b;
      case MUL -> a * b;
      case MULH -> Math.multiplyHigh(a, b);
      case MULHSU -> multiplyHighSignedUnsigned(a, b);
      case MULHU -> Math.unsignedMultiplyHigh(a, b);
      case DIV -> divide(a, b);
      case DIVU -> divideUnsigned(a, b);
      case REM -> remainder(a, b);
      case REMU -> remainderUnsigned(a, b);
      case MULW -> (int) (a * b);
      case DIVW -> divideWord(a, b);
      case DIVUW -> divideUnsignedWord(a, b);
      case REMW -> remainderWord(a, b);
      case REMUW -> remainderUnsignedWord(a, b);
      default -> throw new IllegalArgumentException(operation + " computes nothing");
    };
  }

  /** Whether a branch with these operand values is taken. */
  public static boolean taken(Operation branch, long a, long b) {
    return switch (branch) {
      case BEQ -> a == b;
      case BNE -> a != b;
      case BLT -> a < b;
      case BGE -> a >= b;
      case BLTU -> Long.compareUnsigned(a, b) < 0;
      case BGEU -> Long.compareUnsigned(a, b) >= 0;
      default -> throw new IllegalArgumentException(branch + " is no branch");
    };
  }

  /**
   * What a load puts into its register.
   *
   * @param raw the loaded bytes in the low bits; higher bits are ignored
   */
  public static long extend(Operation load, long raw) {
    return switch (load) {
      case LB -> (byte) raw;
      case LH -> (short) raw;
      case LW -> (int) raw;
      case LD -> raw;
      case LBU -> raw & 0xff;
      case LHU -> raw & 0xffff;
      case LWU -> raw & 0xffff_ffffL;
      default -> throw new IllegalArgumentException(load + " is no load");
    };
  }

  public static int shiftLeftWord(long a, long b) {
    return (int) a << (int) b;
  }

  public static int shiftRightWord(long a, long b) {
    return (int) a >>> (int) b;
  }

  public static long lessThan(long a, long b) {
    return a < b ? 1 : 0;
  }

  public static long lessThanUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
  }

  /**
   * High half of signed {@code a} times unsigned {@code b}: read as signed, {@code b} is 2^64 too
   * small when its top bit is set.
   */
  public static long multiplyHighSignedUnsigned(long a, long b) {
    return Math.multiplyHigh(a, b) + (b >> 63 & a);
  }

  /** Java's quotient of {@link Long#MIN_VALUE} and -1 overflows to what RISC-V asks for. */
  public static long divide(long a, long b) {
    return b == 0 ? -1 : a / b;
  }

  public static long divideUnsigned(long a, long b) {
    return b == 0 ? -1 : Long.divideUnsigned(a, b);
  }

  public static long remainder(long a, long b) {
    return b == 0 ? a : a % b;
  }

  public static long remainderUnsigned(long a, long b) {
    return b == 0 ? a : Long.remainderUnsigned(a, b);
  }

  public static long divideWord(long a, long b) {
    return (int) b == 0 ? -1 : (int) a / (int) b;
  }

  public static long divideUnsignedWord(long a, long b) {
    return (int) b == 0 ? -1 : Integer.divideUnsigned((int) a, (int) b);
  }

  public static long remainderWord(long a, long b) {
    return (int) b == 0 ? (int) a : (int) a % (int) b;
  }

  public static long remainderUnsignedWord(long a, long b) {
    return (int) b == 0 ? (int) a : Integer.remainderUnsigned((int) a, (int) b);
  }
}
