package dev.opml.vm.machine.internal;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.memory.GuestMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Executes pre-decoded instructions, one switch arm each. The loop ends where the straight path
 * ends: at the requested count, a halt, a fault, or a jump that leaves the decoded code or is
 * misaligned; the last are finished by {@link #farJump}.
 */
final class Interpreter implements InstructionEngine {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final ProgramCode program;

  Interpreter(ProgramCode program) {
    this.program = program;
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void run(Hart hart, long end) {
    while (hart.running() && hart.count < end) {
      int index = program.indexOf(hart.pc);
      if (index < 0) {
        hart.fault();
      } else {
        runFrom(index, hart, end);
      }
    }
  }

  /** One long method on purpose: a call an instruction would cost more than the instruction. */
  private void runFrom(int start, Hart hart, long end) {
    final long[] x = hart.registers;
    final GuestMemory memory = hart.memory;
    final long[] code = program.code();
    final long base = program.base();
    long left = end - hart.count;
    int ip = start;
    boolean far = false;
    loop:
    while (left > 0) {
      final long w = code[ip];
      left--;
      switch ((int) w & 0xff) {
        case Opcode.UNDECODED -> {
          program.decodeAround(ip);
          left++;
          continue;
        }
        case Opcode.FAR_JUMP -> {
          left++;
          far = true;
          break loop;
        }
        case Opcode.LUI -> x[rd(w)] = immediate(w);
        case Opcode.AUIPC -> x[rd(w)] = base + 4L * ip + immediate(w);
        case Opcode.JAL -> {
          x[rd(w)] = base + 4L * ip + 4;
          ip = target(w);
          continue;
        }
        case Opcode.JALR -> {
          long address = (x[rs1(w)] + immediate(w)) & ~1L;
          int index = program.indexOf(address);
          if (index < 0) {
            left++;
            far = true;
            break loop;
          }
          x[rd(w)] = base + 4L * ip + 4;
          ip = index;
          continue;
        }
        case Opcode.BEQ -> {
          ip = x[rs1(w)] == x[rs2(w)] ? target(w) : ip + 1;
          continue;
        }
        case Opcode.BNE -> {
          ip = x[rs1(w)] != x[rs2(w)] ? target(w) : ip + 1;
          continue;
        }
        case Opcode.BLT -> {
          ip = x[rs1(w)] < x[rs2(w)] ? target(w) : ip + 1;
          continue;
        }
        case Opcode.BGE -> {
          ip = x[rs1(w)] >= x[rs2(w)] ? target(w) : ip + 1;
          continue;
        }
        case Opcode.BLTU -> {
          ip = Long.compareUnsigned(x[rs1(w)], x[rs2(w)]) < 0 ? target(w) : ip + 1;
          continue;
        }
        case Opcode.BGEU -> {
          ip = Long.compareUnsigned(x[rs1(w)], x[rs2(w)]) >= 0 ? target(w) : ip + 1;
          continue;
        }
        case Opcode.LB -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForLoad(address, 1);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = page[offset(address)];
        }
        case Opcode.LBU -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForLoad(address, 1);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = page[offset(address)] & 0xff;
        }
        case Opcode.LH -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForLoad(address, 2);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (short) SHORT.get(page, offset(address));
        }
        case Opcode.LHU -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForLoad(address, 2);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (short) SHORT.get(page, offset(address)) & 0xffff;
        }
        case Opcode.LW -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForLoad(address, 4);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (int) INT.get(page, offset(address));
        }
        case Opcode.LWU -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForLoad(address, 4);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (int) INT.get(page, offset(address)) & 0xffff_ffffL;
        }
        case Opcode.LD -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForLoad(address, 8);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (long) LONG.get(page, offset(address));
        }
        case Opcode.SB -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForStore(address, 1);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          page[offset(address)] = (byte) x[rs2(w)];
        }
        case Opcode.SH -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForStore(address, 2);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          SHORT.set(page, offset(address), (short) x[rs2(w)]);
        }
        case Opcode.SW -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForStore(address, 4);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          INT.set(page, offset(address), (int) x[rs2(w)]);
        }
        case Opcode.SD -> {
          long address = x[rs1(w)] + immediate(w);
          byte[] page = memory.pageForStore(address, 8);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          LONG.set(page, offset(address), x[rs2(w)]);
        }
        case Opcode.ADDI -> x[rd(w)] = x[rs1(w)] + immediate(w);
        case Opcode.SLTI -> x[rd(w)] = Alu.lessThan(x[rs1(w)], immediate(w));
        case Opcode.SLTIU -> x[rd(w)] = Alu.lessThanUnsigned(x[rs1(w)], immediate(w));
        case Opcode.XORI -> x[rd(w)] = x[rs1(w)] ^ immediate(w);
        case Opcode.ORI -> x[rd(w)] = x[rs1(w)] | immediate(w);
        case Opcode.ANDI -> x[rd(w)] = x[rs1(w)] & immediate(w);
        case Opcode.SLLI -> x[rd(w)] = x[rs1(w)] << immediate(w);
        case Opcode.SRLI -> x[rd(w)] = x[rs1(w)] >>> immediate(w);
        case Opcode.SRAI -> x[rd(w)] = x[rs1(w)] >> immediate(w);
        case Opcode.ADDIW -> x[rd(w)] = (int) (x[rs1(w)] + immediate(w));
        case Opcode.SLLIW -> x[rd(w)] = Alu.shiftLeftWord(x[rs1(w)], immediate(w));
        case Opcode.SRLIW -> x[rd(w)] = Alu.shiftRightWord(x[rs1(w)], immediate(w));
        case Opcode.SRAIW -> x[rd(w)] = (int) x[rs1(w)] >> (int) immediate(w);
        case Opcode.ADD -> x[rd(w)] = x[rs1(w)] + x[rs2(w)];
        case Opcode.SUB -> x[rd(w)] = x[rs1(w)] - x[rs2(w)];
        case Opcode.SLL -> x[rd(w)] = x[rs1(w)] << x[rs2(w)];
        case Opcode.SLT -> x[rd(w)] = Alu.lessThan(x[rs1(w)], x[rs2(w)]);
        case Opcode.SLTU -> x[rd(w)] = Alu.lessThanUnsigned(x[rs1(w)], x[rs2(w)]);
        case Opcode.XOR -> x[rd(w)] = x[rs1(w)] ^ x[rs2(w)];
        case Opcode.SRL -> x[rd(w)] = x[rs1(w)] >>> x[rs2(w)];
        case Opcode.SRA -> x[rd(w)] = x[rs1(w)] >> x[rs2(w)];
        case Opcode.OR -> x[rd(w)] = x[rs1(w)] | x[rs2(w)];
        case Opcode.AND -> x[rd(w)] = x[rs1(w)] & x[rs2(w)];
        case Opcode.ADDW -> x[rd(w)] = (int) (x[rs1(w)] + x[rs2(w)]);
        case Opcode.SUBW -> x[rd(w)] = (int) (x[rs1(w)] - x[rs2(w)]);
        case Opcode.SLLW -> x[rd(w)] = Alu.shiftLeftWord(x[rs1(w)], x[rs2(w)]);
        case Opcode.SRLW -> x[rd(w)] = Alu.shiftRightWord(x[rs1(w)], x[rs2(w)]);
        case Opcode.SRAW -> x[rd(w)] = (int) x[rs1(w)] >> (int) x[rs2(w)];
        case Opcode.MUL -> x[rd(w)] = x[rs1(w)] * x[rs2(w)];
        case Opcode.MULH -> x[rd(w)] = Math.multiplyHigh(x[rs1(w)], x[rs2(w)]);
        case Opcode.MULHSU -> x[rd(w)] = Alu.multiplyHighSignedUnsigned(x[rs1(w)], x[rs2(w)]);
        case Opcode.MULHU -> x[rd(w)] = Math.unsignedMultiplyHigh(x[rs1(w)], x[rs2(w)]);
        case Opcode.DIV -> x[rd(w)] = Alu.divide(x[rs1(w)], x[rs2(w)]);
        case Opcode.DIVU -> x[rd(w)] = Alu.divideUnsigned(x[rs1(w)], x[rs2(w)]);
        case Opcode.REM -> x[rd(w)] = Alu.remainder(x[rs1(w)], x[rs2(w)]);
        case Opcode.REMU -> x[rd(w)] = Alu.remainderUnsigned(x[rs1(w)], x[rs2(w)]);
        case Opcode.MULW -> x[rd(w)] = (int) (x[rs1(w)] * x[rs2(w)]);
        case Opcode.DIVW -> x[rd(w)] = Alu.divideWord(x[rs1(w)], x[rs2(w)]);
        case Opcode.DIVUW -> x[rd(w)] = Alu.divideUnsignedWord(x[rs1(w)], x[rs2(w)]);
        case Opcode.REMW -> x[rd(w)] = Alu.remainderWord(x[rs1(w)], x[rs2(w)]);
        case Opcode.REMUW -> x[rd(w)] = Alu.remainderUnsignedWord(x[rs1(w)], x[rs2(w)]);
        case Opcode.FENCE -> {}
        case Opcode.ECALL -> {
          hart.status = hart.afterCall();
          break loop;
        }
        default -> {
          hart.status = MachineStatus.FAULTED;
          break loop;
        }
      }
      ip++;
    }
    hart.pc = base + 4L * ip;
    hart.count = end - left;
    if (far) {
      farJump(hart, program.instruction(ip));
    }
  }

  /** Executes a branch or jump without assuming anything about its target. */
  private static void farJump(Hart hart, Instruction jump) {
    long[] x = hart.registers;
    Operation operation = jump.operation();
    boolean taken =
        operation.format() != Format.BRANCH || Alu.taken(operation, x[jump.rs1()], x[jump.rs2()]);
    long from = operation == Operation.JALR ? x[jump.rs1()] : hart.pc;
    long target = taken ? (from + jump.immediate()) & ~1L : hart.pc + 4;
    if ((target & 2) != 0) {
      hart.fault();
      return;
    }
    if (operation.format() != Format.BRANCH) {
      x[jump.rd() == 0 ? Hart.SINK : jump.rd()] = hart.pc + 4;
    }
    hart.pc = target;
    hart.count++;
  }

  private static int rd(long w) {
    return (int) (w >>> 8) & 63;
  }

  private static int rs1(long w) {
    return (int) (w >>> 16) & 63;
  }

  private static int rs2(long w) {
    return (int) (w >>> 24) & 63;
  }

  private static long immediate(long w) {
    return w >> 32;
  }

  private static int target(long w) {
    return (int) (w >> 32);
  }

  private static int offset(long address) {
    return (int) address & GuestMemory.OFFSET_MASK;
  }
}
