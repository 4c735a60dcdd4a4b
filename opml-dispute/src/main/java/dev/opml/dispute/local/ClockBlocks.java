package dev.opml.dispute.local;

import dev.opml.dispute.Block;
import java.time.InstantSource;

/** One block a second of a clock; if the clock goes back, time stands still. */
public final class ClockBlocks implements BlockSource {
  private final InstantSource clock;
  private final long start;
  private long latest;

  /** Blocks from {@code clock}, the first of which has number 1. */
  public ClockBlocks(InstantSource clock) {
    this.clock = clock;
    this.start = clock.instant().getEpochSecond();
    this.latest = start;
  }

  @Override
  public synchronized Block head() {
    latest = Math.max(latest, clock.instant().getEpochSecond());
    return new Block(1 + latest - start, latest);
  }
}
