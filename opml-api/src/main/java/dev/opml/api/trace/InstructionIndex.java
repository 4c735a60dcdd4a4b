package dev.opml.api.trace;

/**
 * Index of an instruction in a node's machine trace, from 0; as a boundary, {@code value}
 * instructions have run.
 *
 * @param value 0 to 2^32
 */
public record InstructionIndex(long value) implements Comparable<InstructionIndex> {
  /** Length of every machine trace. */
  public static final InstructionIndex END = new InstructionIndex(1L << 32);

  /** Checks the range. */
  public InstructionIndex {
    if (value < 0 || value > 1L << 32) {
      throw new IllegalArgumentException("instruction index out of range: " + value);
    }
  }

  @Override
  public int compareTo(InstructionIndex other) {
    return Long.compare(value, other.value);
  }
}
