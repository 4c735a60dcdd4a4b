package dev.opml.dispute.agent;

/** Why an agent leaves something alone that it would otherwise answer, check or challenge. */
public enum Decline {
  /** It has as many undecided claims as it can defend ({@link AgentLimits#openClaims}). */
  OPEN_CLAIMS,
  /**
   * The traces of its undecided claims and of this one could not all be made in one clock, or not
   * all be kept.
   */
  WORK,
  /** This machine was measured too slow to answer or defend it in time, or to check it. */
  SPEED,
  /** Its account does not hold the bond. */
  BALANCE
}
