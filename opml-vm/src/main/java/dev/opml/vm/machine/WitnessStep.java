package dev.opml.vm.machine;

import dev.opml.api.MachineStateHash;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.StepFunction;
import dev.opml.api.trace.Witness;
import dev.opml.vm.machine.reference.ReferenceStep;

/**
 * The reference step function: sees a witness and nothing else, as a contract does. Total: every
 * valid witness has a post-state, whatever the instruction is. Stateless and thread-safe.
 */
public final class WitnessStep implements StepFunction {
  /** Creates the step function. */
  public WitnessStep() {}

  /**
   * Executes one instruction.
   *
   * @throws InvalidWitnessException if the witness is malformed, does not open {@code preState}, or
   *     holds other openings than the step needs; the offset is that of the first wrong field
   */
  @Override
  public MachineStateHash step(MachineStateHash preState, Witness witness) {
    return ReferenceStep.execute(preState, witness.encoded());
  }
}
