package dev.opml.api.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryRegionTest {
  @Test
  void regions_areAlignedDisjointSubtrees() {
    for (MemoryRegion a : MemoryRegion.values()) {
      assertEquals(0, a.base() & (a.size() - 1), a + " is aligned to its size");
      assertTrue(a.contains(a.base()));
      assertTrue(a.contains(a.base() + a.size() - 1));
      assertFalse(a.contains(a.base() + a.size()));
      for (MemoryRegion b : MemoryRegion.values()) {
        assertTrue(a == b || !a.contains(b.base()), a + " and " + b + " are disjoint");
      }
    }
  }

  @Test
  void contains_negativeAddress_isOutside() {
    for (MemoryRegion region : MemoryRegion.values()) {
      assertFalse(region.contains(-1));
      assertFalse(region.contains(1L << 40));
    }
  }
}
