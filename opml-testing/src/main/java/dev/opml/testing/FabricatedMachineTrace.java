package dev.opml.testing;

import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.MachineStates;
import java.util.ArrayList;
import java.util.List;

/** The machine trace of a node that a liar tells wrong. */
final class FabricatedMachineTrace implements MachineTrace {
  private final MachineTrace truth;
  private final Fabrication lie;
  private final StateRoot falseRoot;

  FabricatedMachineTrace(MachineTrace truth, Fabrication lie, StateRoot falseRoot) {
    this.truth = truth;
    this.lie = lie;
    this.falseRoot = falseRoot;
  }

  @Override
  public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
    List<MachineStateHash> hashes = new ArrayList<>(truth.hashesAt(boundaries));
    for (int i = 0; i < hashes.size(); i++) {
      InstructionIndex boundary = boundaries.get(i);
      if (boundary.equals(InstructionIndex.END)) {
        hashes.set(i, MachineStates.hash(stateAt(boundary)));
      } else if (boundary.compareTo(lie.instruction()) > 0) {
        hashes.set(
            i,
            new MachineStateHash(FabricatedTrace.falsify(hashes.get(i).value(), boundary.value())));
      }
    }
    return hashes;
  }

  @Override
  public MachineState stateAt(InstructionIndex boundary) {
    MachineState honest = truth.stateAt(boundary);
    if (!boundary.equals(InstructionIndex.END)) {
      return honest;
    }
    long count = honest.count();
    MachineStatus status = honest.status();
    List<Long> registers = new ArrayList<>(honest.registers());
    switch (lie.endState()) {
      case MEMORY_ONLY -> {}
      case ANOTHER_COUNT -> count++;
      case ANOTHER_STATUS ->
          status = status == MachineStatus.FAULTED ? MachineStatus.RUNNING : MachineStatus.FAULTED;
      case ANOTHER_REGISTER -> registers.set(0, registers.get(0) ^ 1);
    }
    return new MachineState(
        falseRoot.value(), honest.upperRoot(), honest.pc(), count, status, registers);
  }

  @Override
  public Witness witnessAt(InstructionIndex index) {
    return truth.witnessAt(index);
  }

  @Override
  public String disassemble(InstructionIndex index) {
    return truth.disassemble(index);
  }

  @Override
  public long instructionCount() {
    return truth.instructionCount();
  }

  @Override
  public void close() {
    truth.close();
  }
}
