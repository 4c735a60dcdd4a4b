package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.StepFunction;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.MachineStates;
import dev.opml.merkle.MerkleTree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The true trace of a {@link SyntheticModel}: what lies between its ends are hashes of their
 * places, so that any length takes no time. Nodes halt, or run on if they have 2^32 instructions.
 */
final class SyntheticTrace implements Trace {
  /** The token of every answer. */
  static final TokenIds OUTPUT = TokenIds.of(7);

  /** A machine whose witness is its result, as in EchoMachine of the contracts' tests. */
  static final StepFunction ECHO =
      (_, witness) -> {
        if (witness.encoded().length != Bytes32.SIZE) {
          throw new InvalidWitnessException("no result", 0);
        }
        return new MachineStateHash(Bytes32.of(witness.encoded()));
      };

  /**
   * A step of another machine, which takes the place of one in every node.
   *
   * @param index of the instruction
   */
  record Step(long index, StepWitness witness, MachineStateHash post) {}

  private final SyntheticModel model;
  private final InferenceRequest request;
  private final long instructions;
  private final Optional<Step> step;
  private final MerkleTree end;

  /** A trace before an arbiter whose machine is {@link #ECHO}. */
  SyntheticTrace(SyntheticModel model, InferenceRequest request, long instructions) {
    this(model, request, instructions, Optional.empty());
  }

  SyntheticTrace(
      SyntheticModel model, InferenceRequest request, long instructions, Optional<Step> step) {
    this.model = model;
    this.request = request;
    this.instructions = instructions;
    this.step = step;
    this.end =
        model
            .image()
            .withBytes(MemoryRegion.INPUT.base(), request.encodeInput())
            .withBytes(MemoryRegion.OUTPUT.base(), InferenceRequest.encodeOutput(OUTPUT));
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
    return OUTPUT;
  }

  @Override
  public long length() {
    return request.traceLength(model.header());
  }

  @Override
  public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
    return boundaries.stream().map(boundary -> root(boundary.value())).toList();
  }

  private StateRoot root(long boundary) {
    if (boundary == 0) {
      return Commitments.initialRoot(
          Commitments.inputRoot(request), model.image().path(MemoryRegion.INPUT));
    }
    return new StateRoot(boundary == length() ? end.root() : hash(boundary, 0, 0));
  }

  private static Bytes32 hash(long node, long instruction, long what) {
    return Keccak256.hash(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(node)
            .putLong(instruction)
            .putLong(what)
            .array());
  }

  @Override
  public SiblingPath outputPath() {
    return end.path(MemoryRegion.OUTPUT);
  }

  @Override
  public MachineTrace machine(NodeIndex node) {
    return new Machine(node);
  }

  @Override
  public NodeDescription describe(NodeIndex node) {
    return new NodeDescription(node, 0, 0, "SYNTHETIC", -1);
  }

  @Override
  public void close() {}

  private final class Machine implements MachineTrace {
    private final NodeIndex node;

    Machine(NodeIndex node) {
      this.node = node;
    }

    @Override
    public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
      return boundaries.stream().map(this::hashAt).toList();
    }

    private MachineStateHash hashAt(InstructionIndex boundary) {
      long past = boundary.value() - step.map(Step::index).orElse(Long.MAX_VALUE);
      if (past == 0) {
        return step.orElseThrow().witness().preState();
      }
      return past == 1 ? step.orElseThrow().post() : MachineStates.hash(stateAt(boundary));
    }

    @Override
    public MachineState stateAt(InstructionIndex boundary) {
      if (boundary.value() == 0) {
        return Commitments.firstState(root(node.value()), node, model.header().mode());
      }
      long count = Math.min(boundary.value(), instructions);
      boolean ended = count == instructions;
      Bytes32 some = hash(node.value(), count, 1);
      List<Long> registers = new ArrayList<>();
      for (int i = 1; i <= MachineState.REGISTERS; i++) {
        registers.add(hash(node.value(), count, 1 + i).word0());
      }
      return new MachineState(
          ended ? root(node.next().value()).value() : some,
          some,
          some.word0(),
          count,
          ended && count < InstructionIndex.END.value()
              ? MachineStatus.HALTED
              : MachineStatus.RUNNING,
          registers);
    }

    @Override
    public Witness witnessAt(InstructionIndex index) {
      return step.filter(it -> it.index() == index.value())
          .map(it -> Witness.of(it.witness().bytes()))
          .orElseGet(() ->
              Witness.of(hashAt(new InstructionIndex(index.value() + 1)).value().toByteArray()));
    }

    @Override
    public String disassemble(InstructionIndex index) {
      return "synthetic " + index.value();
    }

    @Override
    public long instructionCount() {
      return instructions;
    }

    @Override
    public void close() {}
  }
}
