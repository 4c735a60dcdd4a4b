package dev.opml.vm.kernel.attention;

/**
 * Attention's way from products of queries and keys to scores.
 *
 * @param scale what products are multiplied by
 * @param cap soft cap of what results, 0 for none
 * @param window most positions that a query attends to, the last ones, or 0 for all
 */
public record Scoring(float scale, float cap, int window) {
  /** Whether scores have a cap: -0 is one. */
  public boolean capped() {
    return Float.floatToRawIntBits(cap) != 0;
  }

  /** First position that a query attends to, of the first {@code positions}. */
  public int first(int positions) {
    return window == 0 ? 0 : Math.max(0, positions - window);
  }
}
