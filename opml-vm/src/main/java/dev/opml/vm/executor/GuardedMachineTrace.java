package dev.opml.vm.executor;

import dev.opml.api.MachineStateHash;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.Witness;
import java.util.List;

/** A machine trace that knows whether its executor is closed. */
record GuardedMachineTrace(MachineTrace trace, Guard guard) implements MachineTrace {
  @Override
  public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
    return guard.call(() -> trace.hashesAt(boundaries));
  }

  @Override
  public MachineState stateAt(InstructionIndex boundary) {
    return guard.call(() -> trace.stateAt(boundary));
  }

  @Override
  public Witness witnessAt(InstructionIndex index) {
    return guard.call(() -> trace.witnessAt(index));
  }

  @Override
  public String disassemble(InstructionIndex index) {
    return guard.call(() -> trace.disassemble(index));
  }

  @Override
  public long instructionCount() {
    return guard.call(trace::instructionCount);
  }

  @Override
  public void close() {
    trace.close();
  }
}
