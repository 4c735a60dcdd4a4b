package dev.opml.vm.machine;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.memory.GuestMemory;
import java.util.Objects;

/** A hart as its users see it, and the engine that runs it. */
abstract class HartView implements MachineView {
  final Hart hart;
  final InstructionEngine engine;

  HartView(Hart hart, InstructionEngine engine) {
    this.hart = hart;
    this.engine = engine;
  }

  /** Runs the hart until {@code end} instructions have run in all, or it halts or faults. */
  public final void runTo(long end) {
    if (hart.count > end) {
      throw new IllegalArgumentException(
          "at instruction " + hart.count + ", cannot go back to " + end);
    }
    engine.run(hart, end);
  }

  @Override
  public final MachineStatus status() {
    return hart.status;
  }

  @Override
  public final long count() {
    return hart.count;
  }

  @Override
  public final long pc() {
    return hart.pc;
  }

  @Override
  public final long register(int register) {
    return hart.registers[Objects.checkIndex(register, Hart.SINK)];
  }

  @Override
  public final GuestMemory memory() {
    return hart.memory;
  }
}
