package dev.opml.dispute.agent;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Bounds of an agent's work at once. A round starts no more of a kind than its limit leaves free;
 * the rest waits for the next round, which sees to games first. All numbers are at least 1.
 *
 * @param games tasks of {@link Work#GAME}. Most of them wait for the chain
 * @param claims tasks of {@link Work#CLAIM}. A reveal may have to compute its answer again
 * @param challenges tasks of {@link Work#CHALLENGE}; each makes a trace, so this bounds those, too.
 *     It does not bound how many claims are challenged
 * @param checks tasks of {@link Work#CHECK}, each a run of a model
 * @param answers tasks of {@link Work#ANSWER}, each a run of a model
 * @param traces traces in the making for games
 * @param openClaims own claims that are sealed or revealed and not decided, together with the
 *     answers in the making: as many as can be defended in one clock. Above it a proposer seals
 *     nothing more
 * @param handOver how long a round waits for the workers to take one task, before it goes on with
 *     the other kinds; and for the chain to be read, before it goes on with what was read before
 */
public record AgentLimits(
    int games,
    int claims,
    int challenges,
    int checks,
    int answers,
    int traces,
    int openClaims,
    Duration handOver) {
  /** For one machine with one or two models. */
  public static final AgentLimits DEFAULT =
      new AgentLimits(1024, 16, 8, 2, 2, 4, 16, Duration.ofSeconds(10));

  /** Checks the ranges. */
  public AgentLimits {
    Map<String, Integer> numbers =
        Map.of(
            "games",
            games,
            "claims",
            claims,
            "challenges",
            challenges,
            "checks",
            checks,
            "answers",
            answers,
            "traces",
            traces,
            "openClaims",
            openClaims);
    numbers.forEach((name, value) -> {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, got " + value);
      }
    });
    if (!handOver.isPositive()) {
      throw new IllegalArgumentException("handOver must be above 0, got " + handOver);
    }
  }

  /** These limits with another number of own open claims. */
  public AgentLimits withOpenClaims(int number) {
    return new AgentLimits(games, claims, challenges, checks, answers, traces, number, handOver);
  }

  /** These limits with another time for handing a task over. */
  public AgentLimits withHandOver(Duration time) {
    return new AgentLimits(games, claims, challenges, checks, answers, traces, openClaims, time);
  }

  /** The most tasks of each kind at once. */
  Map<Work, Integer> tasks() {
    Map<Work, Integer> tasks = new EnumMap<>(Work.class);
    tasks.put(Work.GAME, games);
    tasks.put(Work.CLAIM, claims);
    tasks.put(Work.CHALLENGE, challenges);
    tasks.put(Work.CHECK, checks);
    tasks.put(Work.ANSWER, answers);
    return tasks;
  }
}
