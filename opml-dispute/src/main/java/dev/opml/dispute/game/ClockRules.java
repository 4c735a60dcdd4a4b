package dev.opml.dispute.game;

/**
 * Time that the players of a game have. Times are in seconds.
 *
 * @param seconds on each player's clock, beside the time for work
 * @param machineSeconds on each player's clock for running the disputed node in the off-chain
 *     machine, twice: once to know how long it runs, once to know the states in between
 * @param secondsPerMove what one move must be allowed to take: computing it and getting it into a
 *     block
 */
public record ClockRules(long seconds, long machineSeconds, long secondsPerMove) {
  private static final long MOST_SECONDS = 365L * 24 * 3600;

  /** Checks that each is positive (that for the machine: not negative) and at most a year. */
  public ClockRules {
    if (seconds < 1 || secondsPerMove < 1 || machineSeconds < 0) {
      throw new IllegalArgumentException("clocks and moves need time");
    }
    if (seconds > MOST_SECONDS || machineSeconds > MOST_SECONDS || secondsPerMove > MOST_SECONDS) {
      throw new IllegalArgumentException("no clock may run longer than a year");
    }
  }

  /**
   * Seconds on each clock when a game begins.
   *
   * @param workSeconds what one run of the request may take; a player has time for two
   */
  public long total(long workSeconds) {
    return seconds + 2 * workSeconds + machineSeconds;
  }
}
