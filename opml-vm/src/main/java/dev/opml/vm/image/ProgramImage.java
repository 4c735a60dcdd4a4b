package dev.opml.vm.image;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.LimitExceededException;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.ModelDescription;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.architecture.Architectures;
import dev.opml.vm.cache.ModelTreeCache;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.machine.GuestProgram;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A program image: guest, graph and model in one memory, with its root and identity. Immutable and
 * thread-safe; valid while its {@link GgufFile} is open.
 *
 * @param file the model file
 * @param graph the graph region
 * @param memory the image's memory and tree: input, state and output are zero
 * @param description identity and limits
 * @param treeFromCache whether the model's tree was read from a {@link ModelTreeCache}
 */
public record ProgramImage(
    GgufFile file,
    GraphRegion graph,
    MemorySnapshot memory,
    ModelDescription description,
    boolean treeFromCache) {
  /** As below, without a cache. */
  public static ProgramImage build(
      GgufFile file, int contextLimit, GraphMode mode, int threads, LongConsumer progress) {
    return build(file, contextLimit, mode, threads, ModelTreeCache.NONE, progress);
  }

  /**
   * Builds the image of a model file with the committed guest.
   *
   * @param file model file; must stay open while the image is used
   * @param contextLimit context limit, or 0 for what the file says, at most 8192
   * @param mode how nodes are cut into trace steps
   * @param threads threads that hash the model and the graph
   * @param cache where the model's tree is kept; changes no result, see there what it trusts
   * @param progress told the number of model bytes hashed so far; not called for a cached tree
   * @throws dev.opml.vm.architecture.UnsupportedModelException if the model cannot be turned into a
   *     graph
   * @throws LimitExceededException if the file or an operator exceeds a limit
   */
  public static ProgramImage build(
      GgufFile file,
      int contextLimit,
      GraphMode mode,
      int threads,
      ModelTreeCache cache,
      LongConsumer progress) {
    if (file.bytes().byteSize() > MemoryRegion.MODEL.size()) {
      throw new LimitExceededException(
          "modelBytes", MemoryRegion.MODEL.size(), file.bytes().byteSize());
    }
    GraphRegion graph =
        GraphRegion.build(Architectures.modelOf(file), contextLimit, mode, file.arena());
    GuestProgram program = GuestProgram.bundled();
    Optional<MerkleTree> kept = cache.read(file);
    MerkleTree model = kept.orElseGet(() -> cache.build(file, threads, progress));
    MerkleTree tree =
        MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH)
            .withSubtree(MemoryRegion.PROGRAM, program.tree())
            .withSubtree(
                MemoryRegion.GRAPH,
                MerkleTree.ofBytes(MemoryRegion.GRAPH.height(), graph.bytes(), threads))
            .withSubtree(MemoryRegion.MODEL, model);
    List<MemoryExtent> extents = new ArrayList<>(program.extents());
    extents.add(new MemoryExtent(MemoryRegion.GRAPH.base(), graph.bytes()));
    extents.add(new MemoryExtent(MemoryRegion.MODEL.base(), file.bytes()));
    MemorySnapshot memory = MemorySnapshot.of(extents, tree);
    ImageRoot root = new ImageRoot(tree.root());
    ModelDescription description =
        new ModelDescription(Commitments.modelId(root, graph.header()), root, graph.header());
    return new ProgramImage(file, graph, memory, description, kept.isPresent());
  }

  /** Root of the region that holds the model. */
  public Bytes32 modelRoot() {
    return memory.tree().subtreeRoot(MemoryRegion.MODEL);
  }

  /** Openings that an arbiter asks for when the model is registered. */
  public Registration registration() {
    MerkleTree tree = memory.tree();
    Bytes32 program = tree.subtreeRoot(MemoryRegion.PROGRAM);
    return new Registration(
        description.imageRoot(),
        graph.header(),
        tree.path(0, MemoryRegion.GRAPH.firstLeaf()),
        program,
        tree.path(MemoryRegion.PROGRAM),
        tree.path(MemoryRegion.INPUT),
        tree.path(MemoryRegion.OUTPUT),
        tree.path(MemoryRegion.STATE));
  }

  /** The tree of persistent memory before the first node of a request. */
  public MerkleTree treeWithInput(InferenceRequest request) {
    byte[] input = request.encodeInput();
    return memory.tree().withBytes(MemoryRegion.INPUT.base(), input);
  }

  /**
   * The tree of persistent memory during an inference.
   *
   * @param request what was asked
   * @param mutable the state and output regions, whole leaves
   */
  public MerkleTree treeWith(InferenceRequest request, List<MemoryExtent> mutable) {
    MerkleTree tree = treeWithInput(request);
    for (MemoryExtent extent : mutable) {
      tree = tree.withBytes(extent.base(), extent.bytes());
    }
    return tree;
  }

  /**
   * Persistent memory during an inference.
   *
   * @param request what was asked
   * @param mutable the state and output regions, whole leaves; copied
   */
  public MemorySnapshot memoryWith(InferenceRequest request, List<MemoryExtent> mutable) {
    List<MemoryExtent> copies =
        mutable.stream()
            .map(e -> MemoryExtent.of(e.base(), e.bytes().toArray(ValueLayout.JAVA_BYTE)))
            .toList();
    List<MemoryExtent> extents = new ArrayList<>(memory.extents());
    extents.add(MemoryExtent.of(MemoryRegion.INPUT.base(), request.encodeInput()));
    extents.addAll(copies);
    return MemorySnapshot.of(extents, treeWith(request, copies));
  }

  /** What a node does, for people. */
  public NodeDescription describe(NodeIndex node) {
    int nodesPerToken = graph.rows().size();
    int row = node.row(nodesPerToken);
    return new NodeDescription(
        node,
        (int) node.position(nodesPerToken),
        row,
        graph.rows().get(row).operator().name(),
        graph.table().layers().get(row));
  }
}
