package dev.opml.vm.machine.reference;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.merkle.InvalidPathException;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.MachineStates;
import dev.opml.merkle.SiblingFold;
import dev.opml.merkle.SiblingPaths;
import java.nio.ByteBuffer;

/**
 * Reads a witness from its first byte to its last, checking each opening against the memory root.
 */
public final class WitnessReader {
  /** Length of the pre-state, which comes first and is exactly what its hash is of. */
  public static final int STATE_LENGTH = MachineStates.ENCODED_LENGTH;

  private static final int HEADER_LENGTH = STATE_LENGTH + 1;

  private final byte[] witness;
  private int position = HEADER_LENGTH;

  /**
   * Starts to read.
   *
   * @throws InvalidWitnessException if the pre-state is cut off or has another hash
   */
  WitnessReader(byte[] witness, Bytes32 preState) {
    if (witness.length < HEADER_LENGTH) {
      throw new InvalidWitnessException(
          "expected at least " + HEADER_LENGTH + " bytes, got " + witness.length, witness.length);
    }
    if (!Keccak256.hash(witness, 0, STATE_LENGTH).equals(preState)) {
      throw new InvalidWitnessException("does not open the pre-state " + preState, 0);
    }
    this.witness = witness;
  }

  /** The fields of the pre-state. */
  ByteBuffer preState() {
    return ByteBuffer.wrap(witness, 0, STATE_LENGTH);
  }

  /**
   * Reads an opening.
   *
   * @param root root of the whole memory
   * @param address an address in the leaf that must be opened
   */
  Opening opening(Bytes32 root, long address) {
    int start = position;
    int pathStart = start + MemoryRegion.LEAF_SIZE;
    if (witness.length < pathStart) {
      throw new InvalidWitnessException(
          "a leaf needs 128 bytes, got " + (witness.length - start), witness.length);
    }
    SiblingFold siblings;
    try {
      int length = SiblingPaths.encodedLength(witness, pathStart);
      siblings =
          SiblingFold.read(
              witness,
              pathStart,
              length,
              0,
              MemoryRegion.MEMORY_DEPTH,
              address / MemoryRegion.LEAF_SIZE);
      position = pathStart + length;
    } catch (InvalidPathException e) {
      throw new InvalidWitnessException(e.reason(), pathStart + e.offset());
    }
    byte[] leaf = java.util.Arrays.copyOfRange(witness, start, pathStart);
    if (!siblings.root(Keccak256.leaf(leaf, 0)).equals(root)) {
      throw new InvalidWitnessException(
          "leaf at 0x%x is not in memory %s".formatted(address & -MemoryRegion.LEAF_SIZE, root),
          start);
    }
    return new Opening(leaf, siblings);
  }

  /**
   * Ends reading.
   *
   * @param openings number of openings that were needed
   * @throws InvalidWitnessException if the witness announces another number or has more bytes
   */
  void end(int openings) {
    int announced = witness[STATE_LENGTH] & 0xff;
    if (announced != openings) {
      throw new InvalidWitnessException(
          "expected " + openings + " openings, got " + announced, STATE_LENGTH);
    }
    if (position != witness.length) {
      throw new InvalidWitnessException(witness.length - position + " bytes too many", position);
    }
  }
}
