package dev.opml.api.inference;

import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;

/** Outcome of checking a {@link Claim}. */
public sealed interface Verification {
  /** Whether the claim is true. */
  default boolean holds() {
    return this instanceof Holds;
  }

  /** Every token and the final root are as claimed. */
  record Holds() implements Verification {}

  /**
   * The claimed output is not what the model generates.
   *
   * @param index index of the first wrong token in the output, from 0
   * @param claimed claimed id, or -1 if the claim ends too early
   * @param computed correct id, or -1 if generation ended before
   */
  record WrongToken(int index, int claimed, int computed) implements Verification {}

  /** Tokens are right, the final state root is not. */
  record WrongFinalRoot(StateRoot claimed, StateRoot computed) implements Verification {}

  /** The claim is about another model than the one that checked it. */
  record WrongModel(ModelId claimed, ModelId computed) implements Verification {}
}
