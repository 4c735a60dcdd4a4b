package dev.opml.merkle;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.InputRoot;
import dev.opml.api.LimitExceededException;
import dev.opml.api.ModelId;
import dev.opml.api.OutputRoot;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What the parties of the protocol commit to, and how they check each other's openings
 * (docs/image.md).
 */
public final class Commitments {
  private static final int STACK_POINTER = 2;
  private static final int FIRST_ARGUMENT = 10;

  private Commitments() {}

  /**
   * Identity of the model whose image has the root {@code imageRoot} and the graph header {@code
   * header}.
   */
  public static ModelId modelId(ImageRoot imageRoot, GraphHeader header) {
    ByteBuffer bound = ByteBuffer.allocate(Bytes32.SIZE + 6 * Long.BYTES);
    bound
        .put(imageRoot.value().toByteArray())
        .putLong(header.nodesPerToken())
        .putLong(header.contextLimit())
        .putLong(header.vocabularySize())
        .putLong(header.mode().code())
        .putLong(header.formatVersion())
        .putLong(header.inputBytes());
    return new ModelId(Keccak256.hash(bound.array()));
  }

  /** Root of the input region that holds {@code request}. */
  public static InputRoot inputRoot(InferenceRequest request) {
    return new InputRoot(regionRoot(MemoryRegion.INPUT, request.encodeInput()));
  }

  /**
   * Root of the output region after {@code tokens} were generated.
   *
   * @throws LimitExceededException if the region does not hold that many tokens
   */
  public static OutputRoot outputRoot(TokenIds tokens) {
    long limit = MemoryRegion.OUTPUT.size() / Integer.BYTES - 1;
    if (tokens.size() > limit) {
      throw new LimitExceededException("outputTokens", limit, tokens.size());
    }
    return new OutputRoot(regionRoot(MemoryRegion.OUTPUT, InferenceRequest.encodeOutput(tokens)));
  }

  private static Bytes32 regionRoot(MemoryRegion region, byte[] content) {
    return MerkleTree.zero(region.height()).withBytes(0, content).root();
  }

  /**
   * The state root before node 0: the image with the input put in.
   *
   * @param inputPath path of the input region in the image; the caller has checked that it opens
   *     the zero region there ({@link #requireValid})
   * @throws InvalidPathException if the path is malformed
   */
  public static StateRoot initialRoot(InputRoot inputRoot, SiblingPath inputPath) {
    return new StateRoot(SiblingPaths.fold(inputPath, MemoryRegion.INPUT, inputRoot.value()));
  }

  /**
   * Whether {@code path} opens the output region of {@code state} and it holds exactly {@code
   * tokens}.
   */
  public static boolean outputOpens(TokenIds tokens, SiblingPath path, StateRoot state) {
    try {
      return SiblingPaths.fold(path, MemoryRegion.OUTPUT, outputRoot(tokens).value())
          .equals(state.value());
    } catch (InvalidPathException | LimitExceededException _) {
      return false;
    }
  }

  /**
   * Checks every opening of a registration against its image root: header leaf, program, and the
   * input, output and state regions as zero.
   *
   * @throws InvalidPathException naming the first opening that is malformed or leads to another
   *     root
   */
  public static void requireValid(Registration registration) {
    Bytes32 root = registration.imageRoot().value();
    requireOpens(
        "graph header",
        root,
        registration.headerPath(),
        0,
        MemoryRegion.GRAPH.firstLeaf(),
        Keccak256.leaf(registration.header().encode(), 0));
    requireOpens(
        MemoryRegion.PROGRAM, root, registration.programPath(), registration.programRoot());
    requireZero(MemoryRegion.INPUT, root, registration.inputPath());
    requireZero(MemoryRegion.OUTPUT, root, registration.outputPath());
    requireZero(MemoryRegion.STATE, root, registration.statePath());
  }

  private static void requireZero(MemoryRegion region, Bytes32 root, SiblingPath path) {
    requireOpens(region, root, path, ZeroSubtrees.root(region.height()));
  }

  private static void requireOpens(
      MemoryRegion region, Bytes32 root, SiblingPath path, Bytes32 regionRoot) {
    requireOpens(
        region.name().toLowerCase(Locale.ROOT) + " region",
        root,
        path,
        region.height(),
        region.subtreeIndex(),
        regionRoot);
  }

  private static void requireOpens(
      String what, Bytes32 root, SiblingPath path, int height, long index, Bytes32 subtreeRoot) {
    Bytes32 folded;
    try {
      folded = SiblingPaths.fold(path, height, MemoryRegion.PERSISTENT_DEPTH, index, subtreeRoot);
    } catch (InvalidPathException e) {
      throw new InvalidPathException(what + ": " + e.reason(), e.offset());
    }
    if (!folded.equals(root)) {
      throw new InvalidPathException(
          what + ": leads to " + folded + ", not to the image root " + root, 0);
    }
  }

  /**
   * The machine state in which a node begins: scratch zero, every register zero but the stack
   * pointer and the step number.
   *
   * @param pre state root before the node
   * @param node the node's index
   * @param mode mode of the image; in single-phase mode the step number is -1
   */
  public static MachineState firstState(StateRoot pre, NodeIndex node, GraphMode mode) {
    List<Long> registers = new ArrayList<>(Collections.nCopies(MachineState.REGISTERS, 0L));
    registers.set(STACK_POINTER - 1, MachineState.STACK_TOP);
    registers.set(FIRST_ARGUMENT - 1, mode == GraphMode.SINGLE_PHASE ? -1L : node.value());
    return new MachineState(
        pre.value(),
        ZeroSubtrees.root(MemoryRegion.MEMORY_DEPTH - 1),
        MachineState.ENTRY_POINT,
        0,
        MachineStatus.RUNNING,
        registers);
  }
}
