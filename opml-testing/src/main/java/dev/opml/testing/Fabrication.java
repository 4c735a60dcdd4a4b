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
 * @param output the tokens that are claimed, if they are not the true ones
 */
public record Fabrication(
    NodeIndex node, InstructionIndex instruction, EndState endState, Optional<TokenIds> output) {

  /** How a false end state differs from the true one, beside its lower root. */
  public enum EndState {
    /** In nothing: only memory is wrong. */
    MEMORY_ONLY,
    /** One more instruction was counted. */
    ANOTHER_COUNT,
    /** The machine is said to have faulted, or to run on if it did fault. */
    ANOTHER_STATUS,
    /** A register is wrong. */
    ANOTHER_REGISTER
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
        Optional.empty());
  }

  /** The same lie with another end state. */
  public Fabrication with(EndState state) {
    return new Fabrication(node, instruction, state, output);
  }

  /** The same lie with false tokens. */
  public Fabrication claiming(TokenIds tokens) {
    return new Fabrication(node, instruction, endState, Optional.of(tokens));
  }
}
