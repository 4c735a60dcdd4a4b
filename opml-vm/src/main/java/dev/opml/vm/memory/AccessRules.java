package dev.opml.vm.memory;

import dev.opml.api.image.MemoryRegion;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses the machine may load from and store to (docs/image.md). Rules change at page
 * boundaries only.
 */
final class AccessRules {
  private static final List<MemoryRegion> WRITABLE =
      Arrays.stream(MemoryRegion.values()).filter(MemoryRegion::writable).toList();

  private AccessRules() {}

  static boolean loadable(long address) {
    return address >>> 40 == 0;
  }

  static boolean storable(long address) {
    for (MemoryRegion region : WRITABLE) {
      if (region.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
