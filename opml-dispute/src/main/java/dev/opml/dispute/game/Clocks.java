package dev.opml.dispute.game;

import dev.opml.dispute.Block;

/**
 * The chess clocks of a game, as they stood when the turn began. Only the clock of the player to
 * move runs. Immutable.
 *
 * @param proposerSeconds left on the proposer's clock, below 2^{@value #SECONDS_BITS}
 * @param challengerSeconds left on the challenger's clock, below 2^{@value #SECONDS_BITS}
 * @param turnStarted the block in which the turn began; its time is below 2^{@value #TIME_BITS},
 *     its number below 2^{@value #BLOCK_BITS}
 */
public record Clocks(long proposerSeconds, long challengerSeconds, Block turnStarted) {
  /** Bits of a clock in a position's word: over four years. */
  static final int SECONDS_BITS = 27;

  /** Longest time that a clock can show, in seconds. */
  public static final long MOST_SECONDS = (1L << SECONDS_BITS) - 1;

  /** Bits of a time in a position's word: until the year 2514. */
  static final int TIME_BITS = 34;

  /** Bits of a block's number in a position's word. */
  static final int BLOCK_BITS = 36;

  /** Checks that each number fits its bits, so that two clocks with one encoding are equal. */
  public Clocks {
    requireBits(proposerSeconds, SECONDS_BITS);
    requireBits(challengerSeconds, SECONDS_BITS);
    requireBits(turnStarted.time(), TIME_BITS);
    requireBits(turnStarted.number(), BLOCK_BITS);
  }

  private static void requireBits(long value, int bits) {
    if (value >>> bits != 0) {
      throw new IllegalArgumentException(value + " does not fit " + bits + " bits");
    }
  }

  /** Both clocks at the start of a game. */
  public static Clocks start(long seconds, Block now) {
    return new Clocks(seconds, seconds, now);
  }

  /** Left on a player's clock when the turn began. */
  public long secondsOf(Side side) {
    return side == Side.PROPOSER ? proposerSeconds : challengerSeconds;
  }

  /**
   * The clocks after a move.
   *
   * @param mover who moves
   * @param elapsed seconds that the move took, at most what is left on the mover's clock
   * @param now block of the move
   */
  public Clocks moved(Side mover, long elapsed, Block now) {
    return mover == Side.PROPOSER
        ? new Clocks(proposerSeconds - elapsed, challengerSeconds, now)
        : new Clocks(proposerSeconds, challengerSeconds - elapsed, now);
  }
}
