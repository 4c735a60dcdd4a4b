package dev.opml.dispute.agent;

/** Why an agent leaves something alone that it would otherwise answer or challenge. */
public enum Decline {
  /** It has as many undecided claims as it can defend ({@link AgentLimits#openClaims}). */
  OPEN_CLAIMS,
  /** The traces of its undecided claims and of this one could not all be made in one clock. */
  WORK,
  /** Its account does not hold the bond. */
  BALANCE
}
