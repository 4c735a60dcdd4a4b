package dev.opml.dispute.toy;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.dispute.internal.Preimage;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MerkleTree;

/**
 * A model that is nothing but roots: image and final memory are real trees, so that registration,
 * input and output open as they do for a real model; the roots in between are hashes of their
 * index.
 */
public final class ToyModel {
  public static final int VOCABULARY = 1000;
  public static final int CONTEXT = 1100;

  private final GraphHeader header;
  private final MerkleTree image;
  private final long seed;

  public ToyModel(GraphMode mode, int nodesPerToken, long seed) {
    this(new GraphHeader(mode, nodesPerToken, VOCABULARY, CONTEXT, TokenIds.EMPTY), seed);
  }

  public ToyModel(GraphHeader header, long seed) {
    this.header = header;
    this.seed = seed;
    this.image =
        MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH)
            .withBytes(MemoryRegion.PROGRAM.base() + 0x10000, leaf(1))
            .withBytes(MemoryRegion.GRAPH.base(), header.encode())
            .withBytes(MemoryRegion.MODEL.base(), leaf(seed));
  }

  private static byte[] leaf(long content) {
    return java.nio.ByteBuffer.allocate(MemoryRegion.LEAF_SIZE).putLong(content).array();
  }

  public GraphHeader header() {
    return header;
  }

  public long seed() {
    return seed;
  }

  public ModelId id() {
    return Commitments.modelId(new ImageRoot(image.root()), header);
  }

  public Registration registration() {
    return new Registration(
        new ImageRoot(image.root()),
        header,
        image.path(0, MemoryRegion.GRAPH.base() / MemoryRegion.LEAF_SIZE),
        programRoot(),
        path(MemoryRegion.PROGRAM),
        path(MemoryRegion.INPUT),
        path(MemoryRegion.OUTPUT),
        path(MemoryRegion.STATE));
  }

  private dev.opml.api.SiblingPath path(MemoryRegion region) {
    return image.path(region);
  }

  public Bytes32 programRoot() {
    return image.subtreeRoot(MemoryRegion.PROGRAM);
  }

  /** The true tokens: functions of the request. */
  public TokenIds output(InferenceRequest request) {
    int[] tokens = new int[request.maxNewTokens()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] =
          Math.floorMod(
              seed + 31L * i + Byte.toUnsignedInt(request.prompt().encode()[0]),
              header.vocabularySize());
    }
    return TokenIds.of(tokens);
  }

  /** Memory after the last node. */
  MerkleTree finalMemory(InferenceRequest request) {
    return image
        .withBytes(MemoryRegion.INPUT.base(), request.encodeInput())
        .withBytes(MemoryRegion.OUTPUT.base(), InferenceRequest.encodeOutput(output(request)))
        .withBytes(MemoryRegion.STATE.base(), leaf(7));
  }

  StateRoot initialRoot(InferenceRequest request) {
    return initialRoot(request.encodeInput());
  }

  /** Root of the memory whose input region begins with some bytes, and is zero after them. */
  public StateRoot initialRoot(byte[] input) {
    return new StateRoot(image.withBytes(MemoryRegion.INPUT.base(), input).root());
  }

  StateRoot innerRoot(long boundary) {
    return new StateRoot(new Preimage().u64(seed).u64(boundary).keccak());
  }
}
