package dev.opml.dispute.chain;

import dev.opml.dispute.Wei;

/**
 * Fixed amounts that a player gets back for the gas of a game. They are constants of a deployment:
 * an arbiter cannot measure what a transaction cost its sender, and the price of gas is the
 * sender's own choice.
 *
 * @param move for each accepted move: the challenge, each subdivision, the opening of the machine
 * @param end for the transaction that ends or closes a game
 * @param witness for the witness, on top of {@code end}
 */
public record Rewards(Wei move, Wei end, Wei witness) {
  /** Checks that the amounts fit 96 bits. */
  public Rewards {
    move.requireFits("the reward for a move");
    end.requireFits("the reward for an end");
    witness.requireFits("the reward for a witness");
  }

  /**
   * Amount that is due to a player when its game ends.
   *
   * @param moves accepted moves of this player, the witness not among them
   * @param byWitness whether the player won by a witness, whoever sent it
   */
  public Wei due(int moves, boolean byWitness) {
    return move.times(moves).plus(end).plus(byWitness ? witness : Wei.ZERO);
  }
}
