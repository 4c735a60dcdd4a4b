package dev.opml.vm.machine;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;

/** A hart that is never run itself. */
final class HartSnapshot implements MachineSnapshot {
  private final Hart hart;
  private final InstructionEngine engine;

  HartSnapshot(Hart hart, InstructionEngine engine) {
    this.hart = hart;
    this.engine = engine;
  }

  @Override
  public long count() {
    return hart.count;
  }

  @Override
  public synchronized Machine resume() {
    return new HartMachine(hart.fork(), engine);
  }
}
