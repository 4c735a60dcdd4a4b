package dev.opml.vm.machine;

/** What executes a machine's instructions. All engines give the same states; only speed differs. */
public enum MachineEngine {
  /** Executes one decoded instruction after the other. */
  INTERPRETER,

  /** Interprets at first, and translates to JVM bytecode what turns out to run often. */
  TRANSLATOR
}
