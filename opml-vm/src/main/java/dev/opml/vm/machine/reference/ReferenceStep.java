package dev.opml.vm.machine.reference;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.MachineStatus;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.MachineStates;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One instruction, executed from a witness: the machine as the arbiter sees it. One use. */
public final class ReferenceStep extends ReferenceHart {
  private static final int STATUS_OFFSET = Bytes32.SIZE + 16;

  private final WitnessReader witness;
  private final int statusCode;
  private Bytes32 memoryRoot;
  private int openings;

  private ReferenceStep(WitnessReader witness) {
    this.witness = witness;
    ByteBuffer state = witness.preState();
    byte[] root = new byte[Bytes32.SIZE];
    state.get(root);
    this.memoryRoot = Bytes32.of(root);
    this.pc = state.getLong();
    this.count = state.getLong();
    this.statusCode = Byte.toUnsignedInt(state.get());
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
    step.step();
    step.witness.end(step.openings);
    return step.postState();
  }

  private MachineStateHash postState() {
    return new MachineStateHash(
        Keccak256.hash(
            MachineStates.encode(
                memoryRoot, pc, count, status, Arrays.stream(registers).skip(1).boxed().toList())));
  }

  @Override
  boolean fetchable(long address) {
    return MemoryRegion.PROGRAM.contains(address);
  }

  @Override
  boolean storable(long address) {
    return MemoryRegion.OUTPUT.contains(address)
        || MemoryRegion.STATE.contains(address)
        || MemoryRegion.SCRATCH.contains(address);
  }

  @Override
  long load(long address, int size) {
    return open(address).load(address, size);
  }

  @Override
  void store(long address, int size, long value) {
    memoryRoot = open(address).rootAfterStore(address, size, value);
  }

  private Opening open(long address) {
    openings++;
    return witness.opening(memoryRoot, address);
  }
}
