package dev.opml.dispute.agent;

import java.util.EnumMap;
import java.util.Map;

/**
 * The most tasks of each kind at once. All numbers but {@code overdueChecks} are at least 1.
 *
 * @param games tasks of {@link Work#GAME}. Most of them wait for the chain
 * @param claims tasks of {@link Work#REVEAL}, each of which may have to compute its answer again,
 *     and as many of {@link Work#CLAIM}
 * @param challenges tasks of {@link Work#CHALLENGE}. It does not bound how many claims are
 *     challenged
 * @param checks tasks of {@link Work#CHECK}, each a run of a model
 * @param overdueChecks checks, 0 or more, that have taken more than their time and keep no other
 *     from being made: they may hang
 * @param answers tasks of {@link Work#ANSWER}, each a run of a model
 */
public record TaskLimits(
    int games, int claims, int challenges, int checks, int overdueChecks, int answers) {
  /** For one machine with one or two models. */
  public static final TaskLimits DEFAULT = new TaskLimits(1024, 16, 8, 2, 3, 2);

  /** Checks the ranges. */
  public TaskLimits {
    requireSome("games", games);
    requireSome("claims", claims);
    requireSome("challenges", challenges);
    requireSome("checks", checks);
    requireNotNegative("overdueChecks", overdueChecks);
    requireSome("answers", answers);
  }

  /** Here, and not in {@link AgentLimits}: its default would be made before those that it needs. */
  static void requireSome(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }

  static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be below 0, got " + value);
    }
  }

  /** These limits by kind; traces have limits of their own. */
  Map<Work, Integer> with(TraceLimits traces) {
    Map<Work, Integer> limits = new EnumMap<>(Work.class);
    limits.put(Work.GAME, games);
    limits.put(Work.REVEAL, claims);
    limits.put(Work.CLAIM, claims);
    limits.put(Work.CHALLENGE, challenges);
    limits.put(Work.TRACE, traces.atOnce());
    limits.put(Work.CHECK, checks);
    limits.put(Work.ANSWER, answers);
    return limits;
  }
}
