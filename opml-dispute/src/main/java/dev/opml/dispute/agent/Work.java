package dev.opml.dispute.agent;

/**
 * The kinds of work of an agent, the most urgent first. A round does them in this order, and each
 * has tasks of its own, so that none waits for another kind.
 */
public enum Work {
  /** Moves, time-outs and closes: a clock runs. */
  GAME,
  /** Reveals: a bond waits. */
  REVEAL,
  /** Settlements, expiries, fees and withdrawals. */
  CLAIM,
  /** Challenges of claims that were found wrong. */
  CHALLENGE,
  /** Traces that games and challenges wait for. */
  TRACE,
  /** Checks of the claims of others. */
  CHECK,
  /** Answers to requests: what is not begun risks nothing. */
  ANSWER
}
