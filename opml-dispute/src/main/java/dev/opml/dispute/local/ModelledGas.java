package dev.opml.dispute.local;

import dev.opml.dispute.Wei;

/**
 * What moves would cost on a chain: in this process nothing is spent, but rewards follow these
 * figures as they follow measured gas there.
 *
 * @param move gas of a move with no interior commitment
 * @param commitment gas of an interior commitment
 * @param endState gas of opening an end state
 * @param witness gas of executing an instruction
 * @param price price of a unit of gas
 */
public record ModelledGas(long move, long commitment, long endState, long witness, Wei price) {
  /**
   * Close to what was measured on an Ethereum test chain: 46.9k for a move of 8 segments, 67k for
   * one with an end state.
   */
  public static ModelledGas measured(Wei price) {
    return new ModelledGas(29_300, 2_510, 20_000, 250_000, price);
  }
}
