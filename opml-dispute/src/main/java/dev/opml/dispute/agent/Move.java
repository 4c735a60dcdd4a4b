package dev.opml.dispute.agent;

import dev.opml.api.trace.Witness;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.Subdivision;

/** A move that a player has decided on. */
public sealed interface Move {
  /**
   * Pick a segment and subdivide it.
   *
   * @param segment of the opponent's subdivision, from 0
   */
  record Subdivide(int segment, Subdivision subdivision) implements Move {}

  /** Open the machine trace of the disputed node. */
  record OpenMachine(MachineOpening opening) implements Move {}

  /**
   * Pick a segment of one instruction, and let the arbiter execute it at once.
   *
   * @param segment of the opponent's subdivision, from 0
   */
  record Prove(int segment, Subdivision subdivision, Witness witness) implements Move {}

  /** Let the arbiter execute the disputed instruction. */
  record SubmitWitness(Witness witness) implements Move {}
}
