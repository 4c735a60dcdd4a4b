package dev.opml.api.trace;

/**
 * Index of a node in a trace, from 0; as a boundary, {@code value} nodes have run.
 *
 * @param value 0 to 2^40
 */
public record NodeIndex(long value) implements Comparable<NodeIndex> {
  /** Checks the range. */
  public NodeIndex {
    if (value < 0 || value > 1L << 40) {
      throw new IllegalArgumentException("node index out of range: " + value);
    }
  }

  @Override
  public int compareTo(NodeIndex other) {
    return Long.compare(value, other.value);
  }
}
