package dev.opml.vm.machine;

/** Why an instruction faults. */
public enum FaultCause {
  /** The word is no instruction of RV64IM. */
  ILLEGAL_INSTRUCTION("illegal instruction"),
  /** EBREAK. */
  BREAKPOINT("ebreak"),
  /** ECALL with another number than exit's. */
  UNKNOWN_CALL("unknown ecall, a7"),
  /** A jump to an address that is not a multiple of 4. */
  MISALIGNED_JUMP("misaligned jump to"),
  /** An instruction is to be fetched from where there is no code. */
  FETCH("no code at"),
  /** A load from an address that is not a multiple of its size. */
  MISALIGNED_LOAD("misaligned load from"),
  /** A load from outside the address space. */
  LOAD("forbidden load from"),
  /** A store to an address that is not a multiple of its size. */
  MISALIGNED_STORE("misaligned store to"),
  /** A store outside the address space. */
  STORE("forbidden store to");

  private final String text;

  FaultCause(String text) {
    this.text = text;
  }

  /** In a few words; where a value matters, what to put before it. */
  String text() {
    return text;
  }
}
