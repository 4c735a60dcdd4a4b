package dev.opml.vm.machine;

/**
 * Executes a machine's instructions. All engines give the same states; only speed differs, and how
 * much they have in common.
 */
public enum MachineEngine {
  /**
   * Executes each instruction as the arbiter's step function does. Shares with the other engines
   * the decoder, the arithmetic and the memory, nothing else, and is there to be compared with
   * them. Some ten times slower than the interpreter, and executes all rounds of an endless loop.
   */
  REFERENCE,

  /** Executes one decoded instruction after the other. */
  INTERPRETER,

  /** Interprets at first, and translates to JVM bytecode what turns out to run often. */
  TRANSLATOR
}
