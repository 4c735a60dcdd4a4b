package dev.opml.dispute.agent;

/** Why an agent leaves something alone that it would otherwise answer or challenge. */
public enum Decline {
  /** It has as many undecided claims as it can defend ({@link AgentLimits#openClaims}). */
  OPEN_CLAIMS,
  /** Its account does not hold the bond. */
  BALANCE
}
