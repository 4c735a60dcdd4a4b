package dev.opml.vm.machine.internal;

import dev.opml.vm.machine.ElfSegment;
import dev.opml.vm.memory.AccessRules;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import java.util.List;

/**
 * The rules of a raw ELF as engines see them: everything below 2^40 may be stored to except code.
 * {@link ElfEngine} executes stores to code itself.
 */
final class ElfRules implements AccessRules {
  /** 2^29 bytes, for which a {@link GuestMemory} takes twice as much heap. */
  private static final int MOST_PAGES = (1 << 29) / GuestMemory.PAGE_SIZE;

  private final List<CodeRange> code;

  ElfRules(List<ElfSegment> segments) {
    this.code = segments.stream().filter(ElfSegment::executable).map(CodeRange::of).toList();
  }

  @Override
  public boolean fetchable(long address) {
    return isCode(address, address + 1);
  }

  @Override
  public boolean storable(long address) {
    long word = address & -Long.BYTES; // so that no store, whatever its size, reaches into code
    return 0 <= address && address < MemoryExtent.ADDRESS_SPACE && !isCode(word, word + Long.BYTES);
  }

  @Override
  public boolean storablePage(long page) {
    return storable(page) && !isCode(page, page + GuestMemory.PAGE_SIZE);
  }

  @Override
  public int mostPages() {
    return MOST_PAGES;
  }

  private boolean isCode(long start, long end) {
    return code.stream().anyMatch(range -> range.overlaps(start, end));
  }
}
