package dev.opml.dispute.chain;

import dev.opml.api.Bytes32;
import dev.opml.api.image.GraphHeader;
import dev.opml.dispute.Wei;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.game.Segments;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The parameters of a deployment, which never change. An agent compares them with those it expects
 * before it plays.
 *
 * @param arity segments a move
 * @param clocks the players' time
 * @param windows the windows of a claim
 * @param money bonds, rewards and what is burnt
 * @param work how long running a request may take
 * @param blockSeconds longest time, in seconds, that one block stands for; clocks do not count more
 * @param programRoots roots of the guest programs that may be registered, by format version
 */
public record ArbiterParameters(
    Arity arity,
    ClockRules clocks,
    WindowRules windows,
    MoneyRules money,
    WorkRules work,
    long blockSeconds,
    Map<Integer, Set<Bytes32>> programRoots) {
  /** Copies the map and checks that clocks and bonds suffice for the longest game. */
  public ArbiterParameters {
    programRoots =
        programRoots.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
    if (blockSeconds < 1 || blockSeconds > WindowRules.LONGEST_WINDOW) {
      throw new IllegalArgumentException("a block cannot stand for " + blockSeconds + " s");
    }
    requireRoom(
        "sealing",
        windows.sealingWindow(),
        2 * work.longestSeconds(),
        windows.longestSealingWindow());
    requireRoom(
        "challenges",
        windows.challengeWindow(),
        3 * work.longestSeconds(),
        windows.longestChallengeWindow());
    int moves = (Segments.mostMoves(arity, GraphHeader.MAX_TRACE_LENGTH) + 1) / 2;
    if (clocks.seconds() < moves * clocks.secondsPerMove()) {
      throw new IllegalArgumentException(
          "a clock of "
              + clocks.seconds()
              + " s does not suffice for "
              + moves
              + " moves of "
              + clocks.secondsPerMove()
              + " s");
    }
    Wei mostDue = money.rewards().due(moves, true);
    requirePays(money, money.challengerBond(), mostDue.plus(money.bounty()));
    requirePays(
        money, money.claimBond(), mostDue.times(1 + money.coveredGames()).plus(money.bounty()));
  }

  private static void requirePays(MoneyRules money, Wei bond, Wei owed) {
    Wei rest = money.rest(bond);
    if (rest.isLessThan(owed)) {
      throw new IllegalArgumentException(
          "a bond of " + bond + " pays " + rest + ", but " + owed + " may be owed");
    }
  }

  /** Checks that a requester can give enough time for the longest run that may be requested. */
  private static void requireRoom(String what, long base, long work, long longest) {
    if (longest < base + work) {
      throw new IllegalArgumentException(
          "a window of " + longest + " s for " + what + ", the longest run needs " + (base + work));
    }
  }

  /**
   * Parameters for demonstrations and for a start: 12 segments a move among nodes and 16 inside
   * one, with which games cost least; clocks of three hours beside the time for work, a challenge
   * window of a day. A node may take a millisecond, as in a trace of a model of seven billion
   * parameters on two cores, and a request an hour. Rewards cover 60,000 gas for a move or an end
   * and 300,000 for a witness at 100 gwei, so that at most 0.108 ether are due to a player. A
   * claim's bond of 2.5 ether, half of which is burnt, pays as much in nine games, and the bounty;
   * 1 ether would do so in three. A challenger's bond pays for one game.
   *
   * @param programRoots roots of the guest programs that may be registered, in the current format
   *     version
   */
  public static ArbiterParameters standard(Set<Bytes32> programRoots) {
    return new ArbiterParameters(
        new Arity(12, 16),
        new ClockRules(3600, 7200, 60),
        new WindowRules(60, 3600, 24 * 3600, 3600),
        new MoneyRules(
            Wei.gwei(2_500_000_000L),
            Wei.gwei(1_000),
            Wei.gwei(500_000_000),
            Wei.gwei(100_000_000),
            5_000,
            new Rewards(Wei.gwei(6_000_000), Wei.gwei(6_000_000), Wei.gwei(30_000_000)),
            8),
        new WorkRules(1000, 3600),
        12,
        Map.of(GraphHeader.CURRENT_VERSION, programRoots));
  }

  /** Whether a guest program may be registered. */
  public boolean allowsProgram(int formatVersion, Bytes32 programRoot) {
    return programRoots.getOrDefault(formatVersion, Set.of()).contains(programRoot);
  }
}
