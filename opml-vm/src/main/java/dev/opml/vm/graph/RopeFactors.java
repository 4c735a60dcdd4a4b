package dev.opml.vm.graph;

import java.util.List;

/**
 * Numbers that a rotary embedding's angles are divided by, one a pair, which may depend on how long
 * texts may get.
 *
 * @param usual factors of contexts of at most {@code limit} positions; empty for none
 * @param limit most positions of the usual factors
 * @param beyond factors of longer contexts; empty for none
 */
public record RopeFactors(List<Float> usual, int limit, List<Float> beyond) {
  /** No factors. */
  public static final RopeFactors NONE = of(List.of());

  /** Copies the lists. */
  public RopeFactors {
    usual = List.copyOf(usual);
    beyond = List.copyOf(beyond);
  }

  /** The same factors for all contexts. */
  public static RopeFactors of(List<Float> factors) {
    return new RopeFactors(factors, Integer.MAX_VALUE, List.of());
  }

  /** The factors for a context; empty for none. */
  List<Float> of(int contextLimit) {
    return contextLimit > limit ? beyond : usual;
  }

  void requireFor(int pairs) {
    for (List<Float> factors : List.of(usual, beyond)) {
      if (!factors.isEmpty() && factors.size() != pairs) {
        throw new IllegalArgumentException(factors.size() + " factors for " + pairs + " pairs");
      }
    }
  }
}
