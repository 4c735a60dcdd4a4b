package dev.opml.vm.machine.translator;

/**
 * A unit and what its users need to know.
 *
 * @param region the code that it executes
 */
public record Translation(Unit unit, Region region) {
  /** A unit called with a smaller budget executes nothing. */
  int leastBudget() {
    return region.leastBudget();
  }
}
