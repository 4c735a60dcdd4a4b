package dev.opml.vm.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes at an address. The owner of the segment must not change them while the extent is in use.
 *
 * @param base address of the first byte, 0 to 2^40
 * @param bytes the bytes; not copied
 */
public record MemoryExtent(long base, MemorySegment bytes) implements Comparable<MemoryExtent> {
  /** End of the address space. */
  public static final long ADDRESS_SPACE = 1L << 40;

  /**
   * Checks that the bytes lie in the address space and makes the segment read-only.
   *
   * @throws IllegalArgumentException if they do not
   */
  public MemoryExtent {
    if (base < 0 || base > ADDRESS_SPACE || bytes.byteSize() > ADDRESS_SPACE - base) {
      throw new IllegalArgumentException(
          "extent of %d bytes at 0x%x leaves the address space".formatted(bytes.byteSize(), base));
    }
    bytes = bytes.asReadOnly();
  }

  /** An extent over the elements of {@code bytes}; not copied. */
  public static MemoryExtent of(long base, byte[] bytes) {
    return new MemoryExtent(base, MemorySegment.ofArray(bytes));
  }

  /** Address after the last byte. */
  public long end() {
    return base + bytes.byteSize();
  }

  /** The byte at an address that lies in this extent. */
  byte byteAt(long address) {
    return bytes.get(ValueLayout.JAVA_BYTE, address - base);
  }

  /** The part between two addresses that lie in this extent. */
  MemoryExtent slice(long from, long to) {
    return new MemoryExtent(from, bytes.asSlice(from - base, to - from));
  }

  @Override
  public int compareTo(MemoryExtent other) {
    return Long.compare(base, other.base);
  }
}
