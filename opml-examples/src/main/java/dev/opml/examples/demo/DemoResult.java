package dev.opml.examples.demo;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.NodeDescription;
import dev.opml.dispute.Wei;
import dev.opml.dispute.game.Side;

/**
 * How a demonstration ended.
 *
 * @param liar who lied
 * @param winner who won the game
 * @param node the disputed node
 * @param instruction index of the disputed instruction in the node, from 0
 * @param disassembly the instruction
 * @param nodeInstructions instructions that the node takes
 * @param moves transactions of the game, from the challenge to the witness
 * @param preState hash of the agreed state before the instruction
 * @param proposersPostState what the proposer says follows
 * @param challengersPostState what the challenger says follows
 * @param executedPostState what the arbiter computed
 * @param proposer what the proposer has at the end, compared with the beginning
 * @param challenger what the challenger has
 * @param burnt what nobody has
 * @param blocks blocks of the chain from the registration on, those without transactions too
 * @param agentSeconds time that both agents took for all their rounds
 * @param gas what the transactions took; nothing without a chain
 */
public record DemoResult(
    Side liar,
    Side winner,
    NodeDescription node,
    long instruction,
    String disassembly,
    long nodeInstructions,
    int moves,
    Bytes32 preState,
    Bytes32 proposersPostState,
    Bytes32 challengersPostState,
    Bytes32 executedPostState,
    Gain proposer,
    Gain challenger,
    Wei burnt,
    long blocks,
    double agentSeconds,
    GasReport gas) {
  /** Whether the player who told the truth won. */
  public boolean truthWon() {
    return winner != liar;
  }
}
