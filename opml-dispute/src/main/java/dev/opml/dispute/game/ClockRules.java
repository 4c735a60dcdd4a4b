package dev.opml.dispute.game;

/**
 * How much time the players of a game have. Times are in seconds.
 *
 * @param seconds each player's clock for the whole game
 * @param nodesExtension added on a player's first turn among nodes
 * @param machineExtension added on a player's first turn inside a node
 * @param secondsPerMove what one move must be allowed to take: computing it and getting it into a
 *     block
 */
public record ClockRules(
    long seconds, long nodesExtension, long machineExtension, long secondsPerMove) {
  private static final long MOST_SECONDS = 365L * 24 * 3600;

  /** Checks that each is positive (extensions: not negative) and at most a year. */
  public ClockRules {
    if (seconds < 1 || secondsPerMove < 1 || nodesExtension < 0 || machineExtension < 0) {
      throw new IllegalArgumentException("clocks and moves need time");
    }
    if (seconds > MOST_SECONDS
        || nodesExtension > MOST_SECONDS
        || machineExtension > MOST_SECONDS
        || secondsPerMove > MOST_SECONDS) {
      throw new IllegalArgumentException("no clock may run longer than a year");
    }
  }
}
