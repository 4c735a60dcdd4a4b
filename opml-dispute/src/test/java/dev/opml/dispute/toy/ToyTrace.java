package dev.opml.dispute.toy;

import dev.opml.api.MachineStateHash;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MachineStates;
import java.util.List;

/** The true trace of a {@link ToyModel}. */
public final class ToyTrace implements Trace {
  private final ToyModel model;
  private final InferenceRequest request;
  private final long length;
  private final StateRoot initial;
  private final StateRoot last;
  private final SiblingPath outputPath;
  private final ToyMachine machine;

  public ToyTrace(ToyModel model, InferenceRequest request) {
    this.model = model;
    this.request = request;
    this.length = request.traceLength(model.header());
    this.initial = model.initialRoot(request);
    var memory = model.finalMemory(request);
    this.last = new StateRoot(memory.root());
    this.outputPath = memory.path(MemoryRegion.OUTPUT);
    this.machine = new ToyMachine(this::root, model.seed());
  }

  public ToyMachine toyMachine() {
    return machine;
  }

  private StateRoot root(long boundary) {
    if (boundary == 0) {
      return initial;
    }
    return boundary == length ? last : model.innerRoot(boundary);
  }

  @Override
  public ModelId modelId() {
    return model.id();
  }

  @Override
  public InferenceRequest request() {
    return request;
  }

  @Override
  public TokenIds output() {
    return model.output(request);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
    return boundaries.stream().map(b -> root(b.value())).toList();
  }

  @Override
  public SiblingPath outputPath() {
    return outputPath;
  }

  @Override
  public MachineTrace machine(NodeIndex node) {
    return new ToyMachineTrace(
        machine, Commitments.firstState(root(node.value()), node, model.header().mode()));
  }

  @Override
  public NodeDescription describe(NodeIndex node) {
    return new NodeDescription(node, 0, (int) node.value(), "TOY", -1);
  }

  @Override
  public void close() {}

  private record ToyMachineTrace(ToyMachine machine, MachineState first) implements MachineTrace {
    @Override
    public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
      return boundaries.stream().map(b -> MachineStates.hash(stateAt(b))).toList();
    }

    @Override
    public MachineState stateAt(InstructionIndex boundary) {
      return machine.stateAt(first, boundary.value());
    }

    @Override
    public Witness witnessAt(InstructionIndex index) {
      return ToyMachine.witness(stateAt(index));
    }

    @Override
    public String disassemble(InstructionIndex index) {
      return "toy " + index.value();
    }

    @Override
    public long instructionCount() {
      return stateAt(InstructionIndex.END).count();
    }

    @Override
    public void close() {}
  }
}
