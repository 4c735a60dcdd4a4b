package dev.opml.dispute;

/**
 * A block of the chain.
 *
 * @param number height, from 0
 * @param time timestamp in seconds since 1970; never less than that of an earlier block
 */
public record Block(long number, long time) {
  /**
   * Time that a clock counts from an earlier block to this one: what passed, but for the time in
   * which the chain stood still. Nobody can move while no block is made.
   *
   * @param start the earlier block
   * @param blockSeconds longest time, in seconds, that one block stands for
   */
  public long secondsSince(Block start, long blockSeconds) {
    return Math.min(time - start.time, Math.multiplyExact(number - start.number, blockSeconds));
  }
}
