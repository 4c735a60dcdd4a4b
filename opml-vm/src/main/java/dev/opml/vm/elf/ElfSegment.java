package dev.opml.vm.elf;

import dev.opml.vm.memory.MemoryExtent;

/**
 * A loadable segment of an ELF.
 *
 * @param content the bytes that the file has of it
 * @param size its size in memory in bytes, at least that of the content; the rest is zero
 * @param executable whether instructions may be fetched from it
 */
public record ElfSegment(MemoryExtent content, long size, boolean executable) {
  /** Address of the first byte. */
  public long base() {
    return content.base();
  }

  /** Address after the last byte. */
  public long end() {
    return base() + size;
  }

  /** Whether {@code address} lies in this segment. */
  public boolean contains(long address) {
    return base() <= address && address < end();
  }
}
