package dev.opml.testing;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.NodeIndex;

/**
 * A change of persistent memory that no node makes: after {@code node} has run, the 32-bit word at
 * {@code address} is exclusive-ored with {@code mask}; everything after follows from the changed
 * memory.
 *
 * <p>In the output region a sampler may lie about the token that it draws, and nothing else.
 *
 * @param node the node that is lied about
 * @param address address of the word, a multiple of 4 in the state or output region
 * @param mask bits to flip, not zero
 */
public record Lie(NodeIndex node, long address, int mask) {
  /** Checks the ranges above. */
  public Lie {
    boolean writable =
        MemoryRegion.STATE.contains(address) || MemoryRegion.OUTPUT.contains(address);
    if (!writable || address % 4 != 0 || mask == 0) {
      throw new IllegalArgumentException("no lie: 0x%x, mask 0x%x".formatted(address, mask));
    }
  }
}
