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

  /**
   * The node of a row at a position. The trace of an image in single-phase mode has one node, which
   * is no row's.
   *
   * @param position position in the sequence, from 0
   * @param row row of the node table, from 0
   * @param nodesPerToken number of rows
   */
  public static NodeIndex of(long position, int row, int nodesPerToken) {
    return new NodeIndex(position * nodesPerToken + row);
  }

  /** Position in the sequence, from 0, where the node table has {@code nodesPerToken} rows. */
  public long position(int nodesPerToken) {
    return value / nodesPerToken;
  }

  /** Row of the node table, from 0, where it has {@code nodesPerToken} rows. */
  public int row(int nodesPerToken) {
    return (int) (value % nodesPerToken);
  }

  /** The node after this one; as a boundary, the one after this node. */
  public NodeIndex next() {
    return new NodeIndex(value + 1);
  }

  @Override
  public int compareTo(NodeIndex other) {
    return Long.compare(value, other.value);
  }
}
