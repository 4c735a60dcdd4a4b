package dev.opml.api.trace;

import dev.opml.api.Bytes32;
import java.util.List;

/**
 * A machine state with its memory as roots: what a machine state hash commits to.
 *
 * @param lowerRoot root of persistent memory (depth 32)
 * @param upperRoot root of scratch (depth 32)
 * @param pc program counter
 * @param count instructions executed
 * @param status running, halted or faulted
 * @param registers x1 to x31
 */
public record MachineState(
    Bytes32 lowerRoot,
    Bytes32 upperRoot,
    long pc,
    long count,
    MachineStatus status,
    List<Long> registers) {
  /** Registers with a value: x1 to x31. */
  public static final int REGISTERS = 31;

  /** First address that the guest executes, in every image of format version 2. */
  public static final long ENTRY_POINT = 0x10000;

  /** Initial stack pointer: the end of the address space. */
  public static final long STACK_TOP = 1L << 40;

  /** Checks the number of registers and copies them. */
  public MachineState {
    registers = List.copyOf(registers);
    if (registers.size() != REGISTERS) {
      throw new IllegalArgumentException("expected 31 registers, got " + registers.size());
    }
  }
}
