package dev.opml.dispute.local;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The numbers of a request's undecided claims, in the order of their seals: a linked list, so that
 * sealing and deciding a claim change a bounded number of stored words, however many others there
 * are. Guarded by the arbiter's lock.
 */
final class AliveClaims {
  /** No claim: numbers begin with 1. */
  private static final long NONE = 0;

  private final Map<Long, Neighbours> neighbours = new HashMap<>();
  private long first = NONE;
  private long last = NONE;

  private static final class Neighbours {
    long previous;
    long next = NONE;

    Neighbours(long previous) {
      this.previous = previous;
    }
  }

  /** Adds a claim that was sealed after all others. */
  void append(long number) {
    neighbours.put(number, new Neighbours(last));
    if (last == NONE) {
      first = number;
    } else {
      at(last).next = number;
    }
    last = number;
  }

  /** Takes out a claim that was decided. */
  void remove(long number) {
    Neighbours gone = at(number);
    neighbours.remove(number);
    if (gone.previous == NONE) {
      first = gone.next;
    } else {
      at(gone.previous).next = gone.next;
    }
    if (gone.next == NONE) {
      last = gone.previous;
    } else {
      at(gone.next).previous = gone.previous;
    }
  }

  int count() {
    return neighbours.size();
  }

  /** Whether an undecided claim was sealed before a claim. */
  boolean anyBefore(long number) {
    return first != NONE && first < number;
  }

  private Neighbours at(long number) {
    return Objects.requireNonNull(neighbours.get(number));
  }
}
