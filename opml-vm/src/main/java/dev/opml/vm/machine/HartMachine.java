package dev.opml.vm.machine;

import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.Commitments;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.reference.WitnessEncoder;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemorySnapshot;

/** A hart that executes a node. */
final class HartMachine extends HartView implements Machine {
  HartMachine(Hart hart, InstructionEngine engine) {
    super(hart, engine);
  }

  /** As {@link Machine#start(MemorySnapshot, NodeIndex, GraphMode, MachineEngine)}. */
  public static Machine start(
      MemorySnapshot memory, NodeIndex node, GraphMode mode, MachineEngine engine) {
    MachineState first = Commitments.firstState(new StateRoot(memory.tree().root()), node, mode);
    return new HartMachine(Hart.of(first, GuestMemory.over(memory)), Engines.of(memory, engine));
  }

  @Override
  public void runTo(InstructionIndex boundary) {
    runTo(boundary.value());
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
