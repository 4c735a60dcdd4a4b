package dev.opml.vm.executor;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.memory.MemoryExtent;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The bytes of the state and output regions that an inference may write. Starts as zero. Not
 * thread-safe.
 */
final class MutableMemory {
  private static final int LEAF = MemoryRegion.LEAF_SIZE;
  private static final int MOST_STATE_BYTES = Integer.MAX_VALUE - 8;

  private final MemorySegment state;
  private final MemorySegment output;

  /**
   * Makes room.
   *
   * @param tokens most tokens that the inference generates
   * @throws LimitExceededException if the state region is larger than an array can be
   */
  MutableMemory(ProgramImage image, int tokens) {
    state = MemorySegment.ofArray(new byte[stateBytes(image)]);
    output = MemorySegment.ofArray(new byte[(4 * (tokens + 1) + LEAF - 1) & -LEAF]);
  }

  /**
   * Bytes of the state region that an inference may write.
   *
   * @throws LimitExceededException if an array cannot be so large
   */
  static int stateBytes(ProgramImage image) {
    long bytes = image.graph().table().stateEnd() - MemoryRegion.STATE.base();
    if (bytes > MOST_STATE_BYTES) {
      throw new LimitExceededException(
          "stateBytes of an inference in the guest", MOST_STATE_BYTES, bytes);
    }
    return (int) bytes;
  }

  MemorySegment state() {
    return state;
  }

  MemorySegment output() {
    return output;
  }

  /** Live views of both regions. */
  List<MemoryExtent> extents() {
    return List.of(
        new MemoryExtent(MemoryRegion.OUTPUT.base(), output),
        new MemoryExtent(MemoryRegion.STATE.base(), state));
  }

  /** Becomes what {@code extents} say, zero elsewhere. */
  void set(List<MemoryExtent> extents) {
    state.fill((byte) 0);
    output.fill((byte) 0);
    extents.forEach(extent -> write(extent.base(), extent.bytes()));
  }

  /** Stores bytes at an address. */
  void write(long address, MemorySegment bytes) {
    at(address, bytes.byteSize()).copyFrom(bytes);
  }

  /**
   * The bytes at an address, live.
   *
   * @throws IllegalStateException if an inference has no business there
   */
  MemorySegment at(long address, long size) {
    boolean isOutput = MemoryRegion.OUTPUT.contains(address);
    MemorySegment region = isOutput ? output : state;
    long base = isOutput ? MemoryRegion.OUTPUT.base() : MemoryRegion.STATE.base();
    long offset = address - base;
    if (offset < 0 || offset > region.byteSize() - size) {
      throw new IllegalStateException("no inference writes at 0x%x".formatted(address));
    }
    return region.asSlice(offset, size);
  }
}
