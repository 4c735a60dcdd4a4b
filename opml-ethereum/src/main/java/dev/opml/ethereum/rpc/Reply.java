package dev.opml.ethereum.rpc;

/**
 * Reply of an endpoint.
 *
 * @param <N> what asks an endpoint
 * @param <T> what it answers
 */
sealed interface Reply<N, T> {
  /** It has answered. */
  record Answer<N, T>(N node, T value) implements Reply<N, T> {}

  /** It does not answer, or does not know what it is asked about. */
  record Failure<N, T>(RuntimeException why) implements Reply<N, T> {}
}
