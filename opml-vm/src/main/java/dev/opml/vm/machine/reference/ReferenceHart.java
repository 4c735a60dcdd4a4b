package dev.opml.vm.machine.reference;

import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.instruction.Alu;
import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Operation;

/**
 * A machine that executes one instruction at a time, on any memory. Written for reading beside
 * docs/image.md; of the engines that are fast it shares the decoder and the arithmetic, nothing
 * else. Not thread-safe.
 */
abstract class ReferenceHart {
  private static final int CALL_NUMBER = 17;
  private static final long EXIT_CALL = 93;

  /** x0 to x31; index 0 is never written. */
  final long[] registers = new long[MachineState.REGISTERS + 1];

  /** Address of the next instruction. */
  long pc;

  /** Instructions executed, modulo 2^64. */
  long count;

  MachineStatus status = MachineStatus.RUNNING;

  /** Whether instructions may be fetched from an address, which is a multiple of 4. */
  abstract boolean fetchable(long address);

  /** Whether an address may be stored to, and so all bytes of an aligned store there. */
  abstract boolean storable(long address);

  /**
   * The bytes at an address below 2^40, little-endian, in the low bits; any bits above.
   *
   * @param address a multiple of {@code size}
   * @param size 1, 2, 4 or 8
   */
  abstract long load(long address, int size);

  /**
   * Replaces bytes.
   *
   * @param address a multiple of {@code size} that is storable
   * @param size 1, 2, 4 or 8
   * @param value the new bytes in the low bits
   */
  abstract void store(long address, int size, long value);

  /** Executes one instruction of a running machine. */
  final void step() {
    count++;
    if (pc % 4 != 0 || !fetchable(pc)) {
      fault();
      return;
    }
    execute(Decoder.decode((int) load(pc, 4)));
  }

  private void execute(Instruction instruction) {
    Operation operation = instruction.operation();
    long a = registers[instruction.rs1()];
    long b = registers[instruction.rs2()];
    long immediate = instruction.immediate();
    int rd = instruction.rd();
    switch (operation.format()) {
      case UPPER -> result(rd, operation == Operation.AUIPC ? pc + immediate : immediate);
      case JUMP -> jump(rd, pc + immediate);
      case JUMP_REGISTER -> jump(rd, (a + immediate) & ~1L);
      case BRANCH -> jump(0, Alu.taken(operation, a, b) ? pc + immediate : pc + 4);
      case LOAD -> load(operation, rd, a + immediate);
      case STORE -> store(operation, a + immediate, b);
      case IMMEDIATE -> result(rd, Alu.compute(operation, a, immediate));
      case REGISTER -> result(rd, Alu.compute(operation, a, b));
      case FENCE -> pc += 4;
      case SYSTEM -> system(operation);
      case ILLEGAL -> fault();
    }
  }

  private void result(int rd, long value) {
    set(rd, value);
    pc += 4;
  }

  private void jump(int rd, long target) {
    if (target % 4 != 0) {
      fault();
      return;
    }
    set(rd, pc + 4);
    pc = target;
  }

  private void load(Operation operation, int rd, long address) {
    int size = operation.accessSize();
    if (address % size != 0 || address < 0 || address >= MachineState.STACK_TOP) {
      fault();
      return;
    }
    result(rd, Alu.extend(operation, load(address, size)));
  }

  private void store(Operation operation, long address, long value) {
    int size = operation.accessSize();
    if (address % size != 0 || !storable(address)) {
      fault();
      return;
    }
    store(address, size, value);
    pc += 4;
  }

  private void system(Operation operation) {
    if (operation == Operation.ECALL && registers[CALL_NUMBER] == EXIT_CALL) {
      status = MachineStatus.HALTED;
    } else {
      fault();
    }
  }

  private void fault() {
    status = MachineStatus.FAULTED;
  }

  private void set(int rd, long value) {
    if (rd != 0) {
      registers[rd] = value;
    }
  }
}
