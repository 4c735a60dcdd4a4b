package dev.opml.vm.machine;

import dev.opml.api.MachineStateHash;
import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.MachineStates;
import dev.opml.vm.memory.MemorySnapshot;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The machine trace of one node, by running it. Looking back re-runs from the nearest of a bounded
 * number of snapshots, kept where {@link #hashesAt} stopped before: each round of a dispute costs a
 * run over the segment that the round before chose. Not thread-safe.
 */
public final class GuestMachineTrace implements MachineTrace {
  private final Checkpoints checkpoints;
  private @Nullable Machine machine;

  /**
   * A trace that has not run yet.
   *
   * @param memory persistent memory before the node
   * @param node the node's index
   * @param mode mode of the image
   */
  public GuestMachineTrace(MemorySnapshot memory, NodeIndex node, GraphMode mode) {
    this(Machine.start(memory, node, mode));
  }

  /**
   * The part of a machine trace that begins where a machine is; boundaries before have no answer.
   *
   * @param start the machine; belongs to the trace from now on
   */
  public GuestMachineTrace(Machine start) {
    this.checkpoints = new Checkpoints(start.snapshot());
    this.machine = start;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the boundaries do not ascend
   */
  @Override
  public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
    for (int i = 1; i < boundaries.size(); i++) {
      if (boundaries.get(i).compareTo(boundaries.get(i - 1)) < 0) {
        throw new IllegalArgumentException("boundaries do not ascend: " + boundaries);
      }
    }
    return boundaries.stream().map(this::hashAt).toList();
  }

  private MachineStateHash hashAt(InstructionIndex boundary) {
    Machine at = machineAt(boundary);
    MachineStateHash hash = MachineStates.hash(at.state());
    if (checkpoints.wants(at.count())) {
      checkpoints.keep(at.snapshot());
    }
    return hash;
  }

  @Override
  public MachineState stateAt(InstructionIndex boundary) {
    return machineAt(boundary).state();
  }

  @Override
  public Witness witnessAt(InstructionIndex index) {
    return machineAt(index).witness();
  }

  @Override
  public String disassemble(InstructionIndex index) {
    Machine at = machineAt(index);
    if (at.status() != MachineStatus.RUNNING) {
      return at.status().name().toLowerCase(Locale.ROOT);
    }
    return "0x%x: %s".formatted(at.pc(), Disassembler.disassemble(at));
  }

  @Override
  public long instructionCount() {
    return machineAt(InstructionIndex.END).count();
  }

  /**
   * Drops the machine and its snapshots; every other method then throws {@link
   * IllegalStateException}.
   */
  @Override
  public void close() {
    machine = null;
    checkpoints.clear();
  }

  private Machine machineAt(InstructionIndex boundary) {
    Machine current = machine;
    if (current == null) {
      throw new IllegalStateException("the trace is closed");
    }
    MachineSnapshot nearest = checkpoints.nearest(boundary.value());
    if (current.count() > boundary.value() || current.count() < nearest.count()) {
      current = nearest.resume();
      machine = current;
    }
    current.runTo(boundary);
    return current;
  }
}
