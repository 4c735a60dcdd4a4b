package dev.opml.merkle.internal;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import java.lang.foreign.MemorySegment;

/** Hashes neighbouring leaves, as many at once as there are lanes. */
public final class Leaves {
  private static final KeccakLanes LANES = KeccakProvider.lanes();

  private Leaves() {}

  /**
   * Hashes of {@code count} leaves.
   *
   * @param offset offset in bytes of the first leaf; no alignment is needed
   */
  public static Bytes32[] hash(MemorySegment data, long offset, int count) {
    Bytes32[] hashes = new Bytes32[count];
    int lanes = LANES.lanes();
    long[] words = new long[KeccakLanes.LEAF_WORDS * lanes];
    for (int first = 0; first < count; first += lanes) {
      int used = Math.min(lanes, count - first);
      for (int lane = 0; lane < used; lane++) {
        gather(data, offset + (long) (first + lane) * MemoryRegion.LEAF_SIZE, words, lane, lanes);
      }
      LANES.hashLeaves(words, 0, words, 0);
      for (int lane = 0; lane < used; lane++) {
        hashes[first + lane] = TreeHash.digest(words, lane, lanes);
      }
    }
    return hashes;
  }

  private static void gather(MemorySegment data, long offset, long[] words, int lane, int lanes) {
    for (int word = 0; word < KeccakLanes.LEAF_WORDS; word++) {
      words[word * lanes + lane] = data.get(TreeHash.WORD, offset + 8L * word);
    }
  }
}
