package dev.opml.vm.memory;

import dev.opml.api.image.MemoryRegion;
import java.util.Arrays;
import java.util.List;

/**
 * What a machine may do at which addresses, and to how many. Loads are legal everywhere below 2^40
 * in any case. Must be immutable.
 */
public interface AccessRules {
  /** The rules of program images (docs/image.md). */
  AccessRules IMAGE =
      new AccessRules() {
        private final List<MemoryRegion> writable =
            Arrays.stream(MemoryRegion.values()).filter(MemoryRegion::writable).toList();

        @Override
        public boolean fetchable(long address) {
          return MemoryRegion.PROGRAM.contains(address);
        }

        @Override
        public boolean storable(long address) {
          return writable.stream().anyMatch(region -> region.contains(address));
        }

        @Override
        public boolean storablePage(long page) {
          return storable(page); // regions are whole pages
        }
      };

  /** Whether instructions may be fetched from an address. */
  boolean fetchable(long address);

  /** Whether an address may be stored to. */
  boolean storable(long address);

  /**
   * Whether all addresses of a page may be stored to.
   *
   * @param page address of the page, a multiple of {@link GuestMemory#PAGE_SIZE}
   */
  boolean storablePage(long page);

  /** Most pages that may be written; a program that writes more is stopped by an exception. */
  default int mostPages() {
    return Integer.MAX_VALUE; // of an image, nodes are bounded
  }
}
