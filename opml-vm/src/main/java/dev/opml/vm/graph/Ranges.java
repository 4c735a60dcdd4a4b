package dev.opml.vm.graph;

/** Ranges of numbers in rows, within which the guest's unsigned 64 bits and Java's int agree. */
final class Ranges {
  /** Most elements of a vector, so that an index with some padding is an {@code int}. */
  private static final int MOST = 1 << 30;

  private Ranges() {}

  /** Whether a vector can have {@code n} elements. */
  static boolean isLength(int n) {
    return n >= 1 && n <= MOST;
  }

  /** Whether there can be {@code count} rows or heads from {@code first} on. */
  static boolean isSlice(int first, int count, int elementsEach) {
    return first >= 0
        && count >= 1
        && elementsEach >= 1
        && ((long) first + count) * elementsEach <= MOST;
  }
}
