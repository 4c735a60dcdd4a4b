package dev.opml.vm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.graph.Slices.Slice;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlicesTest {
  @Test
  void cut_fits_isOneSlice() {
    assertEquals(List.of(new Slice(0, 1000)), Slices.cut(1000, 32, 10, 1000));
  }

  @Test
  void cut_random_coversAllInBoundedAlignedSlices() {
    long seed = 7;
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      int total = 1 + random.nextInt(200_000);
      int granule = 1 << random.nextInt(7);
      long fixed = random.nextInt(1 << 28);
      long unit = 1 + random.nextInt(1 << (10 + random.nextInt(14)));
      String values = "seed " + seed + ": " + total + " " + granule + " " + fixed + " " + unit;
      List<Slice> slices = Slices.cut(total, granule, fixed, unit);
      int next = 0;
      for (Slice slice : slices) {
        assertEquals(next, slice.first(), values);
        assertEquals(0, slice.first() % granule, values);
        assertTrue(slice.count() > 0, values);
        assertTrue(fixed + slice.count() * unit <= InstructionBounds.NODE_LIMIT, values);
        next += slice.count();
      }
      assertEquals(total, next, values);
    }
  }

  @Test
  void cut_granuleAboveLimit_isRefused() {
    assertThrows(LimitExceededException.class, () -> Slices.cut(64, 32, 0, 1L << 26));
    assertThrows(LimitExceededException.class, () -> Slices.cut(64, 32, 1L << 31, 1));
  }

  /** Products of these exceed 64 bits, and one of them is small again. */
  @Test
  void cut_costBeyond64Bits_isRefused() {
    assertThrows(LimitExceededException.class, () -> Slices.cut(1 << 26, 4, 0, 1L << 43));
    assertThrows(LimitExceededException.class, () -> Slices.cut(1 << 26, 4, 0, 1L << 38));
  }

  @Test
  void headGranule_smallHeads_fillsLeaves() {
    assertEquals(4, Slices.headGranule(8, 32));
    assertEquals(1, Slices.headGranule(64, 64));
    assertEquals(2, Slices.headGranule(48, 32));
  }
}
