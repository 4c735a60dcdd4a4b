package dev.opml.vm.machine.hart;

/**
 * Executes instructions. One engine serves one program; it may keep compiled code, but no machine
 * state.
 */
public interface InstructionEngine {
  /**
   * Runs until {@code hart.count == end} or the hart halts or faults. Exact: after the call the
   * hart is in the one state that docs/image.md defines for that count.
   *
   * @param end count to stop at; nothing happens if the hart is there already or not running
   */
  void run(Hart hart, long end);
}
