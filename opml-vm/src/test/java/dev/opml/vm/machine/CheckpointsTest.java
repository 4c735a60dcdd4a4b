package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CheckpointsTest {
  private record At(long count) implements MachineSnapshot {
    @Override
    public Machine resume() {
      throw new AssertionError();
    }
  }

  @Test
  void nearest_isTheLatestNotAfter() {
    Checkpoints checkpoints = new Checkpoints(new At(0));
    checkpoints.keep(new At(1_000_000));
    assertEquals(0, checkpoints.nearest(999_999).count());
    assertEquals(1_000_000, checkpoints.nearest(1_000_000).count());
    assertEquals(1_000_000, checkpoints.nearest(1L << 32).count());
    assertFalse(checkpoints.wants(1_000_001));
    assertTrue(checkpoints.wants(2_000_000));
    assertTrue(checkpoints.wants(900_000));
  }

  @Test
  void keep_moreThanTheLimit_dropsTheOneUnusedForLongest() {
    Checkpoints checkpoints = new Checkpoints(new At(0));
    for (int i = 1; i <= Checkpoints.LIMIT; i++) {
      checkpoints.keep(new At(i * 1_000_000L));
    }
    checkpoints.nearest(1_000_000);
    checkpoints.keep(new At(1_000_000_000L));
    assertEquals(1_000_000, checkpoints.nearest(1_999_999).count());
    assertEquals(1_000_000, checkpoints.nearest(2_000_000).count());
    assertEquals(3_000_000, checkpoints.nearest(3_000_000).count());
    assertEquals(0, checkpoints.nearest(5).count());
  }
}
