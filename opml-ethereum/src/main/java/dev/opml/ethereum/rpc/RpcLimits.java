package dev.opml.ethereum.rpc;

import java.time.Duration;

/**
 * How much of an endpoint's answer is read, and for how long.
 *
 * @param answerBytes longest answer
 * @param answerTokens most values, names and brackets of an answer: bounds what it takes in memory
 * @param logs most logs of an answer
 * @param timeout longest time from a question to the end of its answer
 */
public record RpcLimits(int answerBytes, int answerTokens, int logs, Duration timeout) {
  /** 32 MiB, a million values, 20,000 logs, 10 seconds. */
  public static final RpcLimits DEFAULT =
      new RpcLimits(32 << 20, 1_000_000, 20_000, Duration.ofSeconds(10));

  /** Checks that each is positive. */
  public RpcLimits {
    if (answerBytes < 1 || answerTokens < 1 || logs < 1 || !timeout.isPositive()) {
      throw new IllegalArgumentException("a limit of nothing");
    }
  }
}
