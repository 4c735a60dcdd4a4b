package dev.opml.vm.engine;

/**
 * A float vector in the state region.
 *
 * @param index its number among the graph's buffers
 * @param address address of element 0
 * @param length elements
 * @param sampledOnly whether only {@code SAMPLED} rows write it
 */
record Buffer(int index, long address, int length, boolean sampledOnly) {
  private static final int SLOT_FLOATS = 32;

  /** Elements with the padding to whole slots, which stays zero. */
  int padded() {
    return padded(length);
  }

  static int padded(int elements) {
    return (elements + SLOT_FLOATS - 1) / SLOT_FLOATS * SLOT_FLOATS;
  }
}
