package dev.opml.vm.graph;

/**
 * Elements that an operation reads or writes: of a float32 vector, or of the keys or values in the
 * KV row of a position, which are binary16.
 *
 * @param address address of element 0, in the KV row of position 0
 * @param stride bytes from a position's KV row to the next one's; 0 for a vector
 * @param first first element
 * @param end element after the last
 */
public record Span(long address, int stride, int first, int end) {
  /** Elements of a vector. */
  static Span vector(long address, int first, int end) {
    return new Span(address, 0, first, end);
  }

  /** Whether it is in a KV row. */
  public boolean cached() {
    return stride != 0;
  }

  /** Address of the first element at a position. */
  public long start(int position) {
    return address + (long) stride * position + (long) first * elementBytes();
  }

  /** Bytes from the first element to the last. */
  public long bytes() {
    return (long) (end - first) * elementBytes();
  }

  private int elementBytes() {
    return cached() ? Short.BYTES : Float.BYTES;
  }

  /** Whether two spans share an element. */
  public boolean overlaps(Span other) {
    return address == other.address
        && stride == other.stride
        && first < other.end
        && other.first < end;
  }
}
