package dev.opml.dispute.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program whose agent leaves the heap full at the end of each round, and whose listener needs
 * memory, too. To be run with a small heap; ends with status 0 after 24 rounds.
 */
final class FullHeap {
  private static final int ROUNDS = 24;

  private static volatile List<byte[]> hog = List.of();

  private FullHeap() {}

  /** An agent whose {@link #poll} ends in an {@link OutOfMemoryError}, and keeps what it has. */
  private static final class Hog implements Agent {
    private int rounds;

    @Override
    public void poll() {
      hog = List.of();
      if (++rounds == ROUNDS) {
        Runtime.getRuntime().halt(0);
      }
      hog = new ArrayList<>();
      int size = 1 << 20;
      while (true) {
        try {
          hog.add(new byte[size]);
        } catch (OutOfMemoryError e) {
          if (size == 16) {
            throw e;
          }
          size /= 4;
        }
      }
    }

    @Override
    public void close() {}
  }

  /** A listener that cannot tell anybody. */
  private static final class Hungry implements AgentListener {
    @Override
    public void onFailure(Object what, Throwable failure) {
      hog.add(new byte[1 << 22]);
    }
  }

  public static void main(String[] arguments) {
    Thread.onSpinWait(); // loaded while there is memory
    AgentLoop.start(new Hog(), Duration.ofMillis(1), new Hungry());
    while (true) {
      Thread.onSpinWait(); // anything else may need memory
    }
  }
}
