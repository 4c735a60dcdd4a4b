package dev.opml.vm.machine;

/**
 * A state of a machine to start from again. Shares memory with the machine that it was taken of.
 * Safe for use by many threads.
 */
public interface MachineSnapshot {
  /** Instructions executed up to here. */
  long count();

  /** A new machine in this state. */
  Machine resume();
}
