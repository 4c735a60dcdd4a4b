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
    MachineState end = end();
    for (int i = 0; i < hashes.size(); i++) {
      InstructionIndex boundary = boundaries.get(i);
      if (boundary.value() >= end.count()) {
        hashes.set(i, MachineStates.hash(end));
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
    MachineState end = end();
    return boundary.value() >= end.count() ? end : truth.stateAt(boundary);
  }

  private MachineState end() {
    MachineState honest = truth.stateAt(InstructionIndex.END);
    long limit = InstructionIndex.END.value();
    MachineStatus halted =
        honest.status() == MachineStatus.RUNNING ? MachineStatus.HALTED : honest.status();
    return switch (lie.endState()) {
      case MEMORY_ONLY -> end(honest, honest.count(), honest.status(), 0);
      case ANOTHER_REGISTER -> end(honest, honest.count(), honest.status(), 1);
      case EARLIER -> end(honest, Math.max(1, honest.count() - 1), halted, 0);
      case LATER -> end(honest, Math.min(limit, honest.count() + 1), halted, 0);
      case AT_ONCE -> end(honest, 1, halted, 0);
      case AT_THE_LIMIT -> end(honest, limit, halted, 0);
      case ENDLESS -> end(honest, limit, MachineStatus.RUNNING, 0);
      case ANOTHER_STATUS ->
          end(
              honest,
              honest.count(),
              honest.status() == MachineStatus.HALTED
                  ? MachineStatus.FAULTED
                  : MachineStatus.HALTED,
              0);
    };
  }

  private MachineState end(MachineState honest, long count, MachineStatus status, long mask) {
    List<Long> registers = new ArrayList<>(honest.registers());
    registers.set(0, registers.get(0) ^ mask);
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
    return end().count();
  }

  @Override
  public void close() {
    truth.close();
  }
}
