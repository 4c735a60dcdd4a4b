package dev.opml.examples.demo;

import dev.opml.ethereum.abi.ArbiterFunction;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Gas of the transactions of a demonstration. Not thread-safe. */
public final class GasReport {
  private final Map<ArbiterFunction, Long> used = new EnumMap<>(ArbiterFunction.class);

  /** Adds a transaction. */
  void add(ArbiterFunction function, long gas) {
    used.merge(function, gas, Long::sum);
  }

  /** Whether there was none. */
  public boolean isEmpty() {
    return used.isEmpty();
  }

  /**
   * The dispute: challenge, moves, opening, witness, settle and their total. Before them, what a
   * claim costs without one: register, request, seal, reveal.
   */
  public SequencedMap<String, Long> table() {
    SequencedMap<String, Long> table = new LinkedHashMap<>();
    table.put("register", of(ArbiterFunction.REGISTER));
    table.put("request", of(ArbiterFunction.REQUEST));
    table.put("seal", of(ArbiterFunction.SEAL_CLAIM));
    table.put("reveal", of(ArbiterFunction.REVEAL));
    table.put("challenge", of(ArbiterFunction.CHALLENGE));
    table.put("moves", of(ArbiterFunction.SUBDIVIDE));
    table.put("opening", of(ArbiterFunction.OPEN_MACHINE));
    table.put("witness", witness());
    table.put("settle", of(ArbiterFunction.SETTLE));
    table.put("total", total());
    return table;
  }

  private long total() {
    return of(ArbiterFunction.CHALLENGE)
        + of(ArbiterFunction.SUBDIVIDE)
        + of(ArbiterFunction.OPEN_MACHINE)
        + witness()
        + of(ArbiterFunction.SETTLE);
  }

  /** Alone, or with the move before it. */
  private long witness() {
    return of(ArbiterFunction.SUBMIT_WITNESS) + of(ArbiterFunction.PROVE);
  }

  private long of(ArbiterFunction function) {
    return used.getOrDefault(function, 0L);
  }
}
