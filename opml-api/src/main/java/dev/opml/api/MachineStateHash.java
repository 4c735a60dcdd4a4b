package dev.opml.api;

/** Keccak-256 of a machine state: memory root, program counter, count, status, registers. */
public record MachineStateHash(Bytes32 value) {
  @Override
  public String toString() {
    return value.toHex();
  }
}
