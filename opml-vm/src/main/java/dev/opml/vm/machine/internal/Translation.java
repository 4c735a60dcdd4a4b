package dev.opml.vm.machine.internal;

/**
 * A unit and what its users need to know.
 *
 * @param region the code that it executes
 */
record Translation(Unit unit, Region region) {
  /** A unit called with a smaller budget executes nothing. */
  int leastBudget() {
    return region.leastBudget();
  }
}
