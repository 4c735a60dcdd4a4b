package dev.opml.api.trace;

import dev.opml.api.MachineStateHash;
import java.util.List;

/**
 * Phase 1: the machine states of one node, instruction 0 to 2^32. Not thread-safe. What a player
 * claims; a liar's trace need not be one that any machine produces.
 */
public interface MachineTrace extends AutoCloseable {
  /**
   * Hashes of the states at the given boundaries.
   *
   * @param boundaries ascending
   * @return one hash a boundary, in the same order
   */
  List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries);

  /** The state at a boundary, its memory as roots. */
  MachineState stateAt(InstructionIndex boundary);

  /** The witness that executing the instruction at {@code index} needs. */
  Witness witnessAt(InstructionIndex index);

  /** The instruction at {@code index} in assembly, for people. */
  String disassemble(InstructionIndex index);

  /** Instructions until the machine halts or faults, at most 2^32. */
  long instructionCount();

  /** Releases memory. */
  @Override
  void close();
}
