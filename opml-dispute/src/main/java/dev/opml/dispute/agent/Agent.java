package dev.opml.dispute.agent;

/**
 * An event loop's body. What it does in a round follows from the chain and its own traces alone, so
 * doing a round twice, or by two agents of the same account, or after a crash, is harmless.
 */
public interface Agent extends AutoCloseable {
  /**
   * Looks at the chain once and starts everything that is to be done now; what is still under way
   * from an earlier round is not started again. Failures go to the listener. Not to be called by
   * two threads at once.
   */
  void poll();

  /** Releases traces. Call it when the workers are done. */
  @Override
  void close();
}
