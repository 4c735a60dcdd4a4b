package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import java.lang.foreign.MemorySegment;

/** Hashes neighbouring leaves, as many at once as there are lanes. */
public final class Leaves {
  private Leaves() {}

  /**
   * Hashes of {@code count} leaves; bytes behind the end of {@code data} are zero.
   *
   * @param offset offset in bytes of the first leaf; no alignment is needed
   */
  public static Bytes32[] hash(MemorySegment data, long offset, int count) {
    Bytes32[] hashes = new Bytes32[count];
    KeccakLanes kernel = KeccakProvider.lanes(count);
    int lanes = kernel.lanes();
    long[] words = new long[KeccakLanes.LEAF_WORDS * lanes];
    for (int first = 0; first < count; first += lanes) {
      int used = Math.min(lanes, count - first);
      for (int lane = 0; lane < used; lane++) {
        long start = offset + (long) (first + lane) * MemoryRegion.LEAF_SIZE;
        LeafWords.load(data, start, words, lane, lanes);
      }
      kernel.hashLeaves(words, 0, words, 0);
      for (int lane = 0; lane < used; lane++) {
        hashes[first + lane] = TreeHash.digest(words, lane, lanes);
      }
    }
    return hashes;
  }
}
