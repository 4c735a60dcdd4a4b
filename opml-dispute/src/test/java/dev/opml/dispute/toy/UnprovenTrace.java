package dev.opml.dispute.toy;

import dev.opml.api.MachineStateHash;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import java.util.List;

/** A trace that says all that another says but witnesses, which fail. */
public record UnprovenTrace(Trace trace, Throwable failure) implements Trace {
  @Override
  public ModelId modelId() {
    return trace.modelId();
  }

  @Override
  public InferenceRequest request() {
    return trace.request();
  }

  @Override
  public TokenIds output() {
    return trace.output();
  }

  @Override
  public long length() {
    return trace.length();
  }

  @Override
  public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
    return trace.rootsAt(boundaries);
  }

  @Override
  public SiblingPath outputPath() {
    return trace.outputPath();
  }

  @Override
  public MachineTrace machine(NodeIndex node) {
    return new Machine(trace.machine(node), failure);
  }

  @Override
  public NodeDescription describe(NodeIndex node) {
    return trace.describe(node);
  }

  @Override
  public void close() {
    trace.close();
  }

  private record Machine(MachineTrace machine, Throwable failure) implements MachineTrace {
    @Override
    public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
      return machine.hashesAt(boundaries);
    }

    @Override
    public MachineState stateAt(InstructionIndex boundary) {
      return machine.stateAt(boundary);
    }

    @Override
    public Witness witnessAt(InstructionIndex index) {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalArgumentException(failure);
      }
    }

    @Override
    public String disassemble(InstructionIndex index) {
      return machine.disassemble(index);
    }

    @Override
    public long instructionCount() {
      return machine.instructionCount();
    }

    @Override
    public void close() {
      machine.close();
    }
  }
}
