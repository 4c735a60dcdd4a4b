package dev.opml.ethereum.account;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Transactions that were signed with one nonce for one call: the transaction, the same at higher
 * prices, and perhaps one that cancels it. Guarded by {@link #lock}, which is held while an
 * endpoint is asked, so that two threads do not raise the same price.
 */
final class Attempt {
  /**
   * A transaction with the nonce.
   *
   * @param signed the transaction
   * @param cancels whether it does nothing
   */
  record Version(SignedTransaction signed, boolean cancels) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Version> versions = new ArrayList<>();
  private volatile long offeredAt;
  private volatile boolean sent;
  private boolean freed;

  Attempt(Version first) {
    versions.add(first);
  }

  ReentrantLock lock() {
    return lock;
  }

  long nonce() {
    return newest().signed().content().nonce();
  }

  Version newest() {
    return versions.getLast();
  }

  /** From the newest to the first. */
  List<Version> versions() {
    return List.copyOf(versions).reversed();
  }

  void add(Version version) {
    versions.add(version);
  }

  /** Time at which the newest version was sent, in nanoseconds of {@link System#nanoTime}. */
  long offeredAt() {
    return offeredAt;
  }

  void offered(long now) {
    offeredAt = now;
    sent = true;
  }

  boolean isSent() {
    return sent;
  }

  /** Whether the nonce was given back. */
  boolean isFreed() {
    return freed;
  }

  void free() {
    freed = true;
  }
}
