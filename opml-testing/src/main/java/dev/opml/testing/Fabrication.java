package dev.opml.testing;

import dev.opml.api.TokenIds;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.NodeIndex;
import java.util.Optional;

/**
 * What a liar lies about.
 *
 * @param node the first node whose effect is told wrong: every state root after it is false
 * @param instruction the first instruction of that node whose effect is told wrong, below 2^32:
 *     every machine state after it is false
 * @param endState how the false state at the end of the node's machine trace looks
 * @param keepsRoot whether the root after the node is said to be the one before it, which is that
 *     of true states within the node, too; not for the last node of a trace
 * @param output the tokens that are claimed, if they are not the true ones
 */
public record Fabrication(
    NodeIndex node,
    InstructionIndex instruction,
    EndState endState,
    boolean keepsRoot,
    Optional<TokenIds> output) {

  /** How a false end state differs from the true one. */
  public enum EndState {
    /** Only memory is wrong. */
    MEMORY_ONLY,
    /** A register is wrong, too. */
    ANOTHER_REGISTER,
    /** The node is said to have ended one instruction earlier than it does. */
    EARLIER,
    /** The node is said to have ended one instruction later, if there is one. */
    LATER,
    /** The node is said to have halted at its first instruction. */
    AT_ONCE,
    /** The node is said to have halted at instruction 2^32. */
    AT_THE_LIMIT,
    /** The node is said to run on at instruction 2^32. */
    ENDLESS,
    /** The node is said to have faulted if it halts, to have halted if it faults or runs on. */
    ANOTHER_STATUS
  }

  /** Checks that an instruction follows. */
  public Fabrication {
    if (instruction.compareTo(InstructionIndex.END) >= 0) {
      throw new IllegalArgumentException("there is no instruction " + instruction.value());
    }
  }

  /** Only memory is wrong, from an instruction of a node on; the tokens are true. */
  public static Fabrication about(long node, long instruction) {
    return new Fabrication(
        new NodeIndex(node),
        new InstructionIndex(instruction),
        EndState.MEMORY_ONLY,
        false,
        Optional.empty());
  }

  /** The same lie with another end state. */
  public Fabrication with(EndState state) {
    return new Fabrication(node, instruction, state, keepsRoot, output);
  }

  /** The same lie, which says that the node changes nothing. */
  public Fabrication keepingTheRoot() {
    return new Fabrication(node, instruction, endState, true, output);
  }

  /** The same lie with false tokens. */
  public Fabrication claiming(TokenIds tokens) {
    return new Fabrication(node, instruction, endState, keepsRoot, Optional.of(tokens));
  }
}
