package dev.opml.vm.machine.internal;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.MachineStates;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One instruction, executed from a witness: the machine as the arbiter sees it. Written for reading
 * beside docs/image.md; of the interpreter it shares the decoder and the arithmetic, nothing else.
 * One use.
 */
public final class ReferenceStep {
  private static final int STATUS_OFFSET = Bytes32.SIZE + 16;
  private static final int CALL_NUMBER = 17;
  private static final long EXIT_CALL = 93;

  private final WitnessReader witness;
  private final long[] registers = new long[MachineState.REGISTERS + 1];
  private final int statusCode;
  private Bytes32 memoryRoot;
  private long pc;
  private long count;
  private MachineStatus status = MachineStatus.RUNNING;
  private int openings;

  private ReferenceStep(WitnessReader witness) {
    this.witness = witness;
    ByteBuffer state = witness.preState();
    byte[] root = new byte[Bytes32.SIZE];
    state.get(root);
    this.memoryRoot = Bytes32.of(root);
    this.pc = state.getLong();
    this.count = state.getLong();
    this.statusCode = state.get();
    for (int i = 1; i < registers.length; i++) {
      registers[i] = state.getLong();
    }
  }

  /**
   * Executes one instruction.
   *
   * @throws InvalidWitnessException as {@link dev.opml.api.trace.StepFunction#step} says
   */
  public static MachineStateHash execute(MachineStateHash preState, byte[] witness) {
    ReferenceStep step = new ReferenceStep(new WitnessReader(witness, preState.value()));
    if (step.statusCode == MachineStatus.HALTED.code()
        || step.statusCode == MachineStatus.FAULTED.code()) {
      step.witness.end(0);
      return preState;
    }
    if (step.statusCode != MachineStatus.RUNNING.code()) {
      throw new InvalidWitnessException("no status " + step.statusCode, STATUS_OFFSET);
    }
    step.execute();
    step.witness.end(step.openings);
    return step.postState();
  }

  private MachineStateHash postState() {
    return new MachineStateHash(
        Keccak256.hash(
            MachineStates.encode(
                memoryRoot, pc, count, status, Arrays.stream(registers).skip(1).boxed().toList())));
  }

  private void execute() {
    count++;
    if (pc % 4 != 0 || !MemoryRegion.PROGRAM.contains(pc)) {
      fault();
      return;
    }
    execute(Decoder.decode((int) open(pc).load(pc, 4)));
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
    result(rd, Alu.extend(operation, open(address).load(address, size)));
  }

  private void store(Operation operation, long address, long value) {
    int size = operation.accessSize();
    if (address % size != 0 || !isStorable(address)) {
      fault();
      return;
    }
    memoryRoot = open(address).rootAfterStore(address, size, value);
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

  private Opening open(long address) {
    openings++;
    return witness.opening(memoryRoot, address);
  }

  private static boolean isStorable(long address) {
    return MemoryRegion.OUTPUT.contains(address)
        || MemoryRegion.STATE.contains(address)
        || MemoryRegion.SCRATCH.contains(address);
  }
}
