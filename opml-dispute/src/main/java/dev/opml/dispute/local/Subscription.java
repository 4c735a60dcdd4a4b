package dev.opml.dispute.local;

/** Events that somebody is told of, until it is closed. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  /** Ends it; an event that is being told already may still arrive. */
  @Override
  void close();
}
