package dev.opml.vm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.LimitExceededException;
import org.junit.jupiter.api.Test;

class StateLayoutTest {
  private static final int MOST = 1 << 28;

  private static DecoderShape shape(int kvHeads, int headDim) {
    return new DecoderShape(8, kvHeads, kvHeads, headDim, 8, 8, 64);
  }

  @Test
  void of_smallModel_endsBehindAllLayers() {
    StateLayout layout = StateLayout.of(shape(2, 40), 3, 100);
    assertEquals(256, layout.valueOffset());
    assertEquals(512, layout.cacheStride());
    assertEquals(53_248, layout.layerBytes());
    assertEquals(layout.cache(3), layout.end());
  }

  /** Their products do not fit into the region, and some not into 64 bits. */
  @Test
  void of_sizesThatOverflow_isRefused() {
    assertThrows(LimitExceededException.class, () -> StateLayout.of(shape(MOST, 1), 1, 64));
    assertThrows(
        LimitExceededException.class,
        () -> StateLayout.of(shape(1, MOST), Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertThrows(
        LimitExceededException.class,
        () -> StateLayout.of(shape(1, 1), Integer.MAX_VALUE, Integer.MAX_VALUE));
  }

  @Test
  void of_longestKvRow_hasAPositiveStride() {
    assertEquals(1 << 30, StateLayout.of(shape(1, MOST), 1, 8).cacheStride());
  }
}
