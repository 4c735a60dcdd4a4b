package dev.opml.api.trace;

import dev.opml.api.MachineStateHash;

/**
 * The arbiter's view of the machine: one instruction from a witness alone. Total for every valid
 * witness. Thread-safe.
 */
public interface StepFunction {
  /**
   * Executes one instruction.
   *
   * @param preState hash of the agreed state
   * @param witness opening of that state
   * @return hash of the state after the instruction
   * @throws InvalidWitnessException if the witness does not open {@code preState} in exactly the
   *     places the step needs
   */
  MachineStateHash step(MachineStateHash preState, Witness witness);
}
