package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.api.inference.InferenceRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds of an agent's work at once. A round starts no more of a kind than its limit leaves free;
 * the rest waits for the next round, which sees to games first.
 *
 * @param tasks tasks of each kind
 * @param traces traces that are made and kept
 * @param openClaims own claims that are sealed or revealed and not decided, together with the
 *     answers in the making, at least 1. Above it a proposer seals nothing more
 * @param handOver how long a round waits for the workers to take one task, before it goes on with
 *     the other kinds; and for the chain to be read, before it goes on with what was read before
 * @param longestPause how long what was refused or has failed waits, at the most, before it is
 *     tried again
 * @param speeds how fast this machine is, by model; a model that is not here takes no longer than
 *     the deployment allows
 */
public record AgentLimits(
    TaskLimits tasks,
    TraceLimits traces,
    int openClaims,
    Duration handOver,
    Duration longestPause,
    Map<ModelId, Speed> speeds) {
  /** For one machine with one or two models. */
  public static final AgentLimits DEFAULT =
      new AgentLimits(
          TaskLimits.DEFAULT,
          TraceLimits.DEFAULT,
          16,
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Map.of());

  /** Checks the ranges. */
  public AgentLimits {
    speeds = Map.copyOf(speeds);
    TaskLimits.requireSome("openClaims", openClaims);
    requireSome("handOver", handOver);
    requireSome("longestPause", longestPause);
  }

  /**
   * {@link #DEFAULT}, with the speed of each model measured on this machine. Takes three runs each.
   *
   * @param pieces a short request for each runner, which does not stop early
   * @see Speed#measure
   */
  public static AgentLimits measured(Map<ModelRunner, InferenceRequest> pieces) {
    Map<ModelId, Speed> speeds = new HashMap<>();
    pieces.forEach((runner, piece) -> speeds.put(runner.model(), Speed.measure(runner, piece)));
    return DEFAULT.withSpeeds(speeds);
  }

  private static void requireSome(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be above 0, got " + value);
    }
  }

  /** These limits with others for tasks. */
  public AgentLimits withTasks(TaskLimits limits) {
    return new AgentLimits(limits, traces, openClaims, handOver, longestPause, speeds);
  }

  /** These limits with others for traces. */
  public AgentLimits withTraces(TraceLimits limits) {
    return new AgentLimits(tasks, limits, openClaims, handOver, longestPause, speeds);
  }

  /** These limits with another number of own open claims. */
  public AgentLimits withOpenClaims(int number) {
    return new AgentLimits(tasks, traces, number, handOver, longestPause, speeds);
  }

  /** These limits with another longest pause. */
  public AgentLimits withLongestPause(Duration time) {
    return new AgentLimits(tasks, traces, openClaims, handOver, time, speeds);
  }

  /** These limits with other speeds. */
  public AgentLimits withSpeeds(Map<ModelId, Speed> measured) {
    return new AgentLimits(tasks, traces, openClaims, handOver, longestPause, measured);
  }

  /** These limits with another time for handing a task over. */
  public AgentLimits withHandOver(Duration time) {
    return new AgentLimits(tasks, traces, openClaims, time, longestPause, speeds);
  }
}
