package dev.opml.vm.machine.raw;

import dev.opml.vm.elf.ElfSegment;

/**
 * The words that an executable segment covers.
 *
 * @param from address of the first, a multiple of 4
 * @param to address after the last, a multiple of 4
 */
record CodeRange(long from, long to) {
  static CodeRange of(ElfSegment segment) {
    return new CodeRange(segment.base() & -4, (segment.end() + 3) & -4);
  }

  boolean overlaps(long start, long end) {
    return start < to && from < end;
  }
}
