package dev.opml.vm.machine;

import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.vm.memory.MemorySnapshot;

/**
 * The RV64IM machine of docs/image.md, executing one node. Goes forward only; {@link #snapshot()}
 * marks a place to come back to. A guest that faults is a state of the machine, never an exception.
 * Not thread-safe.
 */
public interface Machine extends MachineView {
  /**
   * A machine at instruction 0 of a node.
   *
   * @param memory persistent memory before the node
   * @param node the node's index
   * @param mode mode of the image; decides what the guest finds in {@code a0}
   */
  static Machine start(MemorySnapshot memory, NodeIndex node, GraphMode mode) {
    return start(memory, node, mode, MachineEngine.TRANSLATOR);
  }

  /** As {@link #start(MemorySnapshot, NodeIndex, GraphMode)}, with an engine of one's choice. */
  static Machine start(
      MemorySnapshot memory, NodeIndex node, GraphMode mode, MachineEngine engine) {
    return HartMachine.start(memory, node, mode, engine);
  }

  /**
   * Executes instructions until {@code boundary} of them have run in all. A machine that halts or
   * faults before stays as it is.
   *
   * @throws IllegalArgumentException if more than {@code boundary} instructions have run already
   */
  void runTo(InstructionIndex boundary);

  /** The state with memory as roots. Hashes the memory written since the last call. */
  MachineState state();

  /** What is needed to execute the next instruction. */
  Witness witness();

  /** A place to come back to. */
  MachineSnapshot snapshot();
}
