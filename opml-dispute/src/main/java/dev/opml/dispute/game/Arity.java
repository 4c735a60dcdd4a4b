package dev.opml.dispute.game;

/**
 * Segments that a move cuts an interval into.
 *
 * @param nodes among nodes, {@value #LEAST} to {@value #MOST}
 * @param instructions inside a node, {@value #LEAST} to {@value #MOST}
 */
public record Arity(int nodes, int instructions) {
  /** Smallest arity. */
  public static final int LEAST = 2;

  /** Largest arity. */
  public static final int MOST = 64;

  /** Checks the ranges. */
  public Arity {
    requireInRange(nodes);
    requireInRange(instructions);
  }

  /** The same arity everywhere. */
  public static Arity of(int segments) {
    return new Arity(segments, segments);
  }

  private static void requireInRange(int segments) {
    if (segments < LEAST || segments > MOST) {
      throw new IllegalArgumentException("arity must be in [2, 64], got " + segments);
    }
  }
}
