package dev.opml.dispute.game;

/**
 * The chess clocks of a game. Only the clock of the player to move runs. Each player gets one
 * extension on its first turn among nodes and one on its first turn inside a node, where the
 * off-chain machine has to be run. Immutable. Times are in seconds.
 *
 * @param proposerSeconds left on the proposer's clock when the turn began
 * @param challengerSeconds left on the challenger's clock when the turn began
 * @param toMove whose clock runs
 * @param turnStarted time at which the turn began
 * @param extended bit set of the extensions given: bit {@code 2 * side + (inside a node ? 1 : 0)}
 */
public record Clocks(
    long proposerSeconds, long challengerSeconds, Side toMove, long turnStarted, int extended) {
  /** The clocks after a challenge at time {@code now}. */
  public static Clocks start(ClockRules rules, Position position, long now) {
    Clocks full = new Clocks(rules.seconds(), rules.seconds(), position.mover(), now, 0);
    return full.turnTo(rules, position, now);
  }

  /** Last second in which the player to move can move. */
  public long deadline() {
    return turnStarted + secondsOf(toMove);
  }

  /** Whether the clock of the player to move has run out. */
  public boolean expired(long now) {
    return now > deadline();
  }

  /** Left on a player's clock when the turn began. */
  public long secondsOf(Side side) {
    return side == Side.PROPOSER ? proposerSeconds : challengerSeconds;
  }

  /**
   * The clocks after a move that led to {@code position}.
   *
   * @param now time of the move, not after {@link #deadline()}
   */
  public Clocks moved(ClockRules rules, Position position, long now) {
    return with(toMove, deadline() - now).turnTo(rules, position, now);
  }

  private Clocks turnTo(ClockRules rules, Position position, long now) {
    Side side = position.toMove();
    boolean inside = position.phase().insideNode();
    int bit = 1 << (2 * side.code() + (inside ? 1 : 0));
    Clocks turned = new Clocks(proposerSeconds, challengerSeconds, side, now, extended | bit);
    if ((extended & bit) != 0) {
      return turned;
    }
    long extension = inside ? rules.machineExtension() : rules.nodesExtension();
    return turned.with(side, secondsOf(side) + extension);
  }

  private Clocks with(Side side, long seconds) {
    return side == Side.PROPOSER
        ? new Clocks(seconds, challengerSeconds, toMove, turnStarted, extended)
        : new Clocks(proposerSeconds, seconds, toMove, turnStarted, extended);
  }
}
