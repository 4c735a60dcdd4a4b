package dev.opml.vm.engine;

import java.util.NavigableSet;
import java.util.Objects;

/**
 * A float vector in the state region.
 *
 * @param index its number among the graph's buffers
 * @param address address of element 0
 * @param length elements
 * @param sampledOnly whether only {@code SAMPLED} rows write it
 * @param cuts where rows begin and end to write it, in elements with padding
 */
record Buffer(
    int index, long address, int length, boolean sampledOnly, NavigableSet<Integer> cuts) {
  private static final int SLOT_FLOATS = 32;

  /** Elements with the padding to whole slots, which stays zero. */
  int padded() {
    return padded(length);
  }

  /**
   * Elements from a batch slot's vector to the next one's: an odd number of memory slots, since
   * vectors that are a power of two apart share few lines of a cache.
   */
  int stride() {
    return (padded() / SLOT_FLOATS | 1) * SLOT_FLOATS;
  }

  /**
   * Where the piece ends that begins at a cut: what rows write are whole pieces.
   *
   * @param first an element that is a cut, and not the last
   */
  int endOfPiece(int first) {
    return Objects.requireNonNull(cuts.higher(first));
  }

  static int padded(int elements) {
    return (elements + SLOT_FLOATS - 1) / SLOT_FLOATS * SLOT_FLOATS;
  }
}
