package dev.opml.vm.machine.raw;

import dev.opml.vm.elf.ElfSegment;
import dev.opml.vm.memory.AccessRules;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import java.util.List;

/** The rules of a raw ELF: everything below 2^40 may be stored to, code is what is executable. */
public final class ElfRules implements AccessRules {
  /** 2^29 bytes, for which a {@link GuestMemory} takes twice as much heap. */
  private static final int MOST_PAGES = (1 << 29) / GuestMemory.PAGE_SIZE;

  private final List<CodeRange> code;
  private final List<CodeRange> readOnly;

  private ElfRules(List<CodeRange> code, List<CodeRange> readOnly) {
    this.code = code;
    this.readOnly = readOnly;
  }

  /** The rules as they are. */
  public static ElfRules ofProgram(List<ElfSegment> segments) {
    return new ElfRules(code(segments), List.of());
  }

  /**
   * The rules for engines of segments: code is read-only, {@link ElfEngine} stores to it itself.
   */
  public static ElfRules ofEngines(List<ElfSegment> segments) {
    return new ElfRules(code(segments), code(segments));
  }

  private static List<CodeRange> code(List<ElfSegment> segments) {
    return segments.stream().filter(ElfSegment::executable).map(CodeRange::of).toList();
  }

  @Override
  public boolean fetchable(long address) {
    return overlaps(code, address, address + 1);
  }

  @Override
  public boolean storable(long address) {
    long word = address & -Long.BYTES; // so that no store, whatever its size, reaches into code
    return 0 <= address
        && address < MemoryExtent.ADDRESS_SPACE
        && !overlaps(readOnly, word, word + Long.BYTES);
  }

  @Override
  public boolean storablePage(long page) {
    return storable(page) && !overlaps(readOnly, page, page + GuestMemory.PAGE_SIZE);
  }

  @Override
  public int mostPages() {
    return MOST_PAGES;
  }

  private static boolean overlaps(List<CodeRange> ranges, long start, long end) {
    return ranges.stream().anyMatch(range -> range.overlaps(start, end));
  }
}
