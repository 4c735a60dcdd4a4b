package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.memory.GuestMemory;

/** Guest code translated to JVM bytecode. Implemented by generated classes; keeps no state. */
public interface Unit {
  /**
   * Executes instructions from the unit's entry on, until fewer than {@link
   * Translation#leastBudget} may be left, or the next one is not in the unit or is one that it
   * leaves to the interpreter. Sets {@code hart.pc}; neither count nor status.
   *
   * @param registers the hart's
   * @param memory the hart's
   * @param budget most instructions to execute
   * @return the budget left
   */
  int run(Hart hart, long[] registers, GuestMemory memory, int budget);
}
