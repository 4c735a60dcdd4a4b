package dev.opml.vm.machine.interpreter;

import static dev.opml.vm.machine.interpreter.PreDecoded.immediate;
import static dev.opml.vm.machine.interpreter.PreDecoded.opcode;
import static dev.opml.vm.machine.interpreter.PreDecoded.rd;
import static dev.opml.vm.machine.interpreter.PreDecoded.rs1;
import static dev.opml.vm.machine.interpreter.PreDecoded.rs2;
import static dev.opml.vm.machine.interpreter.PreDecoded.target;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.instruction.Alu;
import dev.opml.vm.machine.instruction.Format;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.memory.GuestMemory;

/**
 * Executes pre-decoded instructions, one switch arm each. The loop ends where the straight path
 * ends: at the requested count, a halt, a fault, or a jump that leaves the decoded code or is
 * misaligned; the last are finished by {@link #farJump}.
 */
public final class Interpreter implements InstructionEngine {
  private static final int NEVER = Integer.MAX_VALUE;

  private final ProgramCode program;

  /** Backward jumps to each instruction, up to {@code hot}. Threads that share it may lose some. */
  private final int[] heat;

  private final int hot;

  /** An interpreter of the program. */
  public Interpreter(ProgramCode program) {
    this(program, NEVER);
  }

  /**
   * An interpreter that counts.
   *
   * @param hot backward jumps to an instruction that make it hot
   */
  public Interpreter(ProgramCode program, int hot) {
    this.program = program;
    this.heat = new int[program.code().length];
    this.hot = hot;
  }

  @Override
  public void run(Hart hart, long end) {
    while (hart.running() && hart.count < end) {
      runToHot(hart, end);
    }
  }

  /**
   * Runs at least one instruction of a running hart, and on until {@code hart.count == end}, the
   * hart halts or faults, or jumps to an instruction that is hot.
   *
   * @return whether it has just jumped to a hot instruction
   */
  public boolean runToHot(Hart hart, long end) {
    int index = program.indexOf(hart.pc);
    if (index < 0) {
      hart.fault();
      return false;
    }
    return runFrom(index, hart, end);
  }

  /** Notes a jump to the instruction at {@code index}, and tells whether it is hot. */
  public boolean heat(int index) {
    if (++heat[index] < hot) {
      return false;
    }
    keepHot(index);
    return true;
  }

  /** Makes the next jump to the instruction at {@code index} find it hot, and all others. */
  public void keepHot(int index) {
    heat[index] = hot - 1;
  }

  /** Lets the instruction at {@code index} be hot only after some jumps more than usual. */
  public void cool(int index, int jumps) {
    heat[index] = -jumps;
  }

  /** One long method on purpose: a call an instruction would cost more than the instruction. */
  private boolean runFrom(int start, Hart hart, long end) {
    final long[] x = hart.registers;
    final GuestMemory memory = hart.memory;
    final long[] code = program.code();
    final long base = program.base();
    long left = end - hart.count;
    int ip = start;
    boolean far = false;
    boolean becameHot = false;
    loop:
    while (left > 0) {
      final long w = code[ip];
      left--;
      int next = ip + 1;
      switch (opcode(w)) {
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
          next = target(w);
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
          next = index;
        }
        case Opcode.BEQ -> {
          if (x[rs1(w)] == x[rs2(w)]) {
            next = target(w);
          }
        }
        case Opcode.BNE -> {
          if (x[rs1(w)] != x[rs2(w)]) {
            next = target(w);
          }
        }
        case Opcode.BLT -> {
          if (x[rs1(w)] < x[rs2(w)]) {
            next = target(w);
          }
        }
        case Opcode.BGE -> {
          if (x[rs1(w)] >= x[rs2(w)]) {
            next = target(w);
          }
        }
        case Opcode.BLTU -> {
          if (Long.compareUnsigned(x[rs1(w)], x[rs2(w)]) < 0) {
            next = target(w);
          }
        }
        case Opcode.BGEU -> {
          if (Long.compareUnsigned(x[rs1(w)], x[rs2(w)]) >= 0) {
            next = target(w);
          }
        }
        case Opcode.LB -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForLoad(address, 1);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (byte) GuestMemory.load(page, address);
        }
        case Opcode.LBU -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForLoad(address, 1);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = GuestMemory.load(page, address) & 0xff;
        }
        case Opcode.LH -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForLoad(address, 2);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (short) GuestMemory.load(page, address);
        }
        case Opcode.LHU -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForLoad(address, 2);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = GuestMemory.load(page, address) & 0xffff;
        }
        case Opcode.LW -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForLoad(address, 4);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = (int) GuestMemory.load(page, address);
        }
        case Opcode.LWU -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForLoad(address, 4);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = GuestMemory.load(page, address) & 0xffff_ffffL;
        }
        case Opcode.LD -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForLoad(address, 8);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          x[rd(w)] = page[GuestMemory.wordIndex(address)];
        }
        case Opcode.SB -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForStore(address, 1);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          GuestMemory.store(page, address, 0xff, x[rs2(w)]);
        }
        case Opcode.SH -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForStore(address, 2);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          GuestMemory.store(page, address, 0xffff, x[rs2(w)]);
        }
        case Opcode.SW -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForStore(address, 4);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          GuestMemory.store(page, address, 0xffff_ffffL, x[rs2(w)]);
        }
        case Opcode.SD -> {
          long address = x[rs1(w)] + immediate(w);
          long[] page = memory.pageForStore(address, 8);
          if (page == null) {
            hart.status = MachineStatus.FAULTED;
            break loop;
          }
          page[GuestMemory.wordIndex(address)] = x[rs2(w)];
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
      if (next <= ip && heat(next)) {
        becameHot = true;
        ip = next;
        break;
      }
      ip = next;
    }
    hart.pc = base + 4L * ip;
    hart.count = end - left;
    if (far) {
      farJump(hart, program.instruction(ip));
    }
    return becameHot;
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
}
