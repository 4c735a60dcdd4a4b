package dev.opml.vm.trace;

import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.machine.GuestMachineTrace;
import dev.opml.vm.memory.MemorySnapshot;
import java.util.List;

/**
 * The trace of an inference that has run: a root for every node, and the memory before any node
 * rebuilt on demand. Every rebuilt memory is checked against the root recorded for it, so that an
 * engine that is not deterministic shows itself before it loses a bond.
 */
public final class RecordedTrace implements Trace {
  private final ProgramImage image;
  private final InferenceRequest request;
  private final Inference inference;
  private final RootHistory roots;
  private final MerkleTree finalTree;
  private final long length;

  private RecordedTrace(
      ProgramImage image,
      InferenceRequest request,
      Inference inference,
      RootHistory roots,
      MerkleTree finalTree) {
    this.image = image;
    this.request = request;
    this.inference = inference;
    this.roots = roots;
    this.finalTree = finalTree;
    this.length = request.traceLength(image.graph().header());
  }

  /**
   * Runs an inference to its end and records it.
   *
   * @param image the image
   * @param request what was asked
   * @param inference inference of that request at position 0; belongs to the trace from now on
   * @param listener is told of tokens and progress
   */
  public static RecordedTrace record(
      ProgramImage image,
      InferenceRequest request,
      Inference inference,
      InferenceListener listener) {
    GraphHeader header = image.graph().header();
    MerkleTree tree = image.treeWithInput(request);
    RootHistory roots = new RootHistory();
    roots.add(tree.root());
    NodeWrites writes = new NodeWrites(inference, header.nodesPerToken());
    int reported = 0;
    while (!inference.finished()) {
      int position = inference.position();
      int end = inference.advance(writes);
      for (; position < end; position++) {
        List<MerkleTree> after = writes.replay(position, tree);
        tree = after.getLast();
        if (header.mode() == GraphMode.ROW_PER_NODE) {
          MerkleTree.roots(after).forEach(roots::add);
        }
      }
      TokenIds output = inference.output();
      for (; reported < output.size(); reported++) {
        listener.onToken(reported, output.get(reported));
      }
      listener.onProgress("trace", end, inference.limit());
    }
    if (header.mode() == GraphMode.SINGLE_PHASE) {
      roots.add(tree.root());
    }
    return new RecordedTrace(image, request, inference, roots, tree);
  }

  @Override
  public ModelId modelId() {
    return image.description().modelId();
  }

  @Override
  public InferenceRequest request() {
    return request;
  }

  @Override
  public TokenIds output() {
    return inference.output();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
    return boundaries.stream().map(boundary -> roots.get(checked(boundary, length))).toList();
  }

  @Override
  public SiblingPath outputPath() {
    return finalTree.path(MemoryRegion.OUTPUT);
  }

  @Override
  public MachineTrace machine(NodeIndex node) {
    return new GuestMachineTrace(memoryBefore(node), node, image.graph().header().mode());
  }

  /** Persistent memory before a node. */
  public synchronized MemorySnapshot memoryBefore(NodeIndex node) {
    checked(node, length - 1);
    int nodesPerToken = image.graph().header().nodesPerToken();
    MemorySnapshot memory =
        image.memoryWith(
            request, inference.memoryBefore(node.position(nodesPerToken), node.row(nodesPerToken)));
    StateRoot recorded = roots.get(node.value());
    if (!memory.tree().root().equals(recorded.value())) {
      throw new IllegalStateException(
          "node %d: rebuilt memory has root %s, recorded was %s"
              .formatted(node.value(), memory.tree().root(), recorded));
    }
    return memory;
  }

  @Override
  public NodeDescription describe(NodeIndex node) {
    return image.describe(node);
  }

  private static long checked(NodeIndex node, long last) {
    if (node.value() > last) {
      throw new IndexOutOfBoundsException("node " + node.value() + ", the last is " + last);
    }
    return node.value();
  }

  @Override
  public void close() {
    // Memory is the garbage collector's.
  }
}
