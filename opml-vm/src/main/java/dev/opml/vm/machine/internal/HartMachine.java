package dev.opml.vm.machine.internal;

import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.Commitments;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.machine.MachineEngine;
import dev.opml.vm.machine.MachineSnapshot;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemorySnapshot;
import java.util.Objects;

/** A hart and the engine that runs it. */
public final class HartMachine implements Machine {
  private final Hart hart;
  private final InstructionEngine engine;
  private final LoopShortcut shortcut;

  HartMachine(Hart hart, InstructionEngine engine) {
    this.hart = hart;
    this.engine = engine;
    this.shortcut = new LoopShortcut(engine);
  }

  /** As {@link Machine#start(MemorySnapshot, NodeIndex, GraphMode, MachineEngine)}. */
  public static Machine start(
      MemorySnapshot memory, NodeIndex node, GraphMode mode, MachineEngine engine) {
    MachineState first = Commitments.firstState(new StateRoot(memory.tree().root()), node, mode);
    return new HartMachine(Hart.of(first, GuestMemory.over(memory)), Engines.of(memory, engine));
  }

  @Override
  public void runTo(InstructionIndex boundary) {
    long end = boundary.value();
    if (hart.count > end) {
      throw new IllegalArgumentException(
          "at instruction " + hart.count + ", cannot go back to " + end);
    }
    while (hart.running() && hart.count < end) {
      engine.run(hart, Math.min(end, LoopShortcut.nextAttempt(hart.count)));
      if (hart.running() && hart.count < end) {
        shortcut.attempt(hart, end);
      }
    }
  }

  @Override
  public MachineStatus status() {
    return hart.status;
  }

  @Override
  public long count() {
    return hart.count;
  }

  @Override
  public long pc() {
    return hart.pc;
  }

  @Override
  public long register(int register) {
    return hart.registers[Objects.checkIndex(register, Hart.SINK)];
  }

  @Override
  public GuestMemory memory() {
    return hart.memory;
  }

  @Override
  public MachineState state() {
    return hart.state();
  }

  @Override
  public Witness witness() {
    return WitnessEncoder.encode(hart);
  }

  @Override
  public MachineSnapshot snapshot() {
    return new HartSnapshot(hart.fork(), engine);
  }
}
