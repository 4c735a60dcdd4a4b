package dev.opml.ethereum;

import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MerkleTree;

/**
 * A model of roots only, which can be registered all the same.
 *
 * @param image its memory, before a request is written into it
 */
record SyntheticModel(GraphHeader header, MerkleTree image) {
  /** Of all models made by this one, the program is the same. */
  SyntheticModel(GraphHeader header) {
    this(
        header,
        MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH)
            .withBytes(MemoryRegion.PROGRAM.base() + 0x10000, leaf(1))
            .withBytes(MemoryRegion.GRAPH.base(), header.encode()));
  }

  /** Content of a leaf. */
  static byte[] leaf(int content) {
    byte[] leaf = new byte[MemoryRegion.LEAF_SIZE];
    leaf[0] = (byte) content;
    return leaf;
  }

  ModelId id() {
    return Commitments.modelId(new ImageRoot(image.root()), header);
  }

  Registration registration() {
    return new Registration(
        new ImageRoot(image.root()),
        header,
        image.path(0, MemoryRegion.GRAPH.firstLeaf()),
        image.subtreeRoot(MemoryRegion.PROGRAM),
        image.path(MemoryRegion.PROGRAM),
        image.path(MemoryRegion.INPUT),
        image.path(MemoryRegion.OUTPUT),
        image.path(MemoryRegion.STATE));
  }
}
