package dev.opml.testing;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.SiblingPaths;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A trace that tells the truth up to a node, lies after it, and never contradicts itself: the
 * output opens against the false final root, and the machine trace of the node ends in a state with
 * the false root. False roots are hashes of nothing; a liar who really computes with a flipped bit
 * is a {@link Liar}. Deterministic; as thread-safe as the true trace, which it closes.
 */
public final class FabricatedTrace implements Trace {
  private final Trace truth;
  private final Fabrication lie;
  private final SiblingPath outputPath;
  private final StateRoot finalRoot;

  /**
   * Tells a lie.
   *
   * @param truth the true trace
   * @throws IllegalArgumentException if the trace has no such node
   */
  public FabricatedTrace(Trace truth, Fabrication lie) {
    if (lie.node().value() >= truth.length()) {
      throw new IllegalArgumentException(
          "node " + lie.node().value() + " of " + truth.length() + " does not exist");
    }
    this.truth = truth;
    this.lie = lie;
    // False tokens change the root by themselves; else something that the output's siblings cover
    // must be false.
    this.outputPath =
        lie.output().filter(output -> !output.equals(truth.output())).isPresent()
            ? truth.outputPath()
            : withFalseSibling(truth.outputPath(), lie);
    this.finalRoot =
        new StateRoot(
            SiblingPaths.fold(
                outputPath, MemoryRegion.OUTPUT, Commitments.outputRoot(output()).value()));
  }

  /** The path with its lowest sibling made up, in a way that depends on the lie. */
  private static SiblingPath withFalseSibling(SiblingPath path, Fabrication lie) {
    byte[] encoded = path.encoded();
    boolean lowestIsZero = (encoded[Long.BYTES - 1] & 1) == 0;
    byte[] changed = lowestIsZero ? withRoomForLowest(encoded) : encoded;
    falsify(falsify(Bytes32.ZERO, lie.node().value()), lie.instruction().value())
        .write(changed, Long.BYTES);
    return SiblingPath.of(changed);
  }

  private static byte[] withRoomForLowest(byte[] encoded) {
    byte[] longer = new byte[encoded.length + Bytes32.SIZE];
    System.arraycopy(encoded, 0, longer, 0, Long.BYTES);
    System.arraycopy(
        encoded, Long.BYTES, longer, Long.BYTES + Bytes32.SIZE, encoded.length - Long.BYTES);
    longer[Long.BYTES - 1] |= 1;
    return longer;
  }

  @Override
  public ModelId modelId() {
    return truth.modelId();
  }

  @Override
  public InferenceRequest request() {
    return truth.request();
  }

  @Override
  public TokenIds output() {
    return lie.output().orElseGet(truth::output);
  }

  @Override
  public long length() {
    return truth.length();
  }

  @Override
  public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
    List<StateRoot> roots = new ArrayList<>(truth.rootsAt(boundaries));
    for (int i = 0; i < roots.size(); i++) {
      NodeIndex boundary = boundaries.get(i);
      if (boundary.value() == length()) {
        roots.set(i, finalRoot);
      } else if (lie.keepsRoot() && boundary.equals(lie.node().next())) {
        roots.set(i, truth.rootAt(lie.node()));
      } else if (boundary.compareTo(lie.node()) > 0) {
        roots.set(i, new StateRoot(falsify(roots.get(i).value(), boundary.value())));
      }
    }
    return roots;
  }

  /** A value that is different from {@code truth}, and the same whenever it is asked for. */
  static Bytes32 falsify(Bytes32 truth, long place) {
    byte[] preimage = Arrays.copyOf(truth.toByteArray(), Bytes32.SIZE + Long.BYTES);
    return Keccak256.hash(ByteBuffer.wrap(preimage).putLong(Bytes32.SIZE, place).array());
  }

  @Override
  public SiblingPath outputPath() {
    return outputPath;
  }

  @Override
  public MachineTrace machine(NodeIndex node) {
    MachineTrace honest = truth.machine(node);
    return node.compareTo(lie.node()) < 0
        ? honest
        : new FabricatedMachineTrace(honest, lie, rootAt(node.next()));
  }

  @Override
  public NodeDescription describe(NodeIndex node) {
    return truth.describe(node);
  }

  @Override
  public void close() {
    truth.close();
  }
}
