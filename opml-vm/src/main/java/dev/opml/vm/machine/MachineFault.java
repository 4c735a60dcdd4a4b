package dev.opml.vm.machine;

/**
 * A fault of a machine.
 *
 * @param cause why
 * @param pc address of the instruction that faulted
 * @param instruction its text; empty if there is no code at {@code pc}
 * @param value the address that it loads from, stores to or jumps to, the number of its call, or
 *     the word that is no instruction; else zero
 */
public record MachineFault(FaultCause cause, long pc, String instruction, long value) {
  /** One line. */
  public String describe() {
    String what =
        switch (cause) {
          case ILLEGAL_INSTRUCTION, BREAKPOINT -> cause.text();
          case UNKNOWN_CALL -> cause.text() + " = " + Long.toUnsignedString(value);
          default -> "%s 0x%x".formatted(cause.text(), value);
        };
    return instruction.isEmpty() ? what : "%s at 0x%x: %s".formatted(what, pc, instruction);
  }
}
