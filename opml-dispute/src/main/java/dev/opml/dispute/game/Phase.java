package dev.opml.dispute.game;

import java.util.Optional;

/**
 * State of a game. This is the transition table: a phase accepts one kind of move, and {@link
 * #after} says what follows. The code is what a position's word holds.
 */
public enum Phase {
  /** An interval of two or more nodes is disputed; commitments are state roots. */
  NODES(0, MoveKind.SUBDIVIDE),
  /** One node is disputed; commitments are state roots. */
  NODE(1, MoveKind.OPEN_MACHINE),
  /**
   * One node's machine trace of two or more instructions was subdivided for the first time.
   * Commitments are machine state hashes. The other player has not said its end yet.
   */
  MACHINE_OPENED(2, MoveKind.SUBDIVIDE),
  /** The same, of one instruction. */
  INSTRUCTION_OPENED(3, MoveKind.WITNESS),
  /** An interval of two or more instructions is disputed; commitments are machine state hashes. */
  MACHINE(4, MoveKind.SUBDIVIDE),
  /** One instruction is disputed; commitments are machine state hashes. */
  INSTRUCTION(5, MoveKind.WITNESS);

  private final int code;
  private final MoveKind accepts;

  Phase(int code, MoveKind accepts) {
    this.code = code;
    this.accepts = accepts;
  }

  /** Value in a position's word. */
  public int code() {
    return code;
  }

  /**
   * The phase with a code.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Phase of(int code) {
    for (Phase phase : values()) {
      if (phase.code == code) {
        return phase;
      }
    }
    throw new IllegalArgumentException("no phase has the code " + code);
  }

  /** The only kind of move that this phase accepts. */
  public MoveKind accepts() {
    return accepts;
  }

  /** Whether the dispute is inside one node, so that the off-chain machine has to be run. */
  public boolean insideNode() {
    return this != NODES;
  }

  /** Whether the player to move has said its own commitment at the interval's end. */
  public boolean saysBothEnds() {
    return switch (this) {
      case NODES, NODE, MACHINE, INSTRUCTION -> true;
      case MACHINE_OPENED, INSTRUCTION_OPENED -> false;
    };
  }

  /**
   * The phase that follows this phase's move.
   *
   * @param size nodes or instructions that are disputed after it
   * @return empty after a witness: the game has ended
   */
  public Optional<Phase> after(long size) {
    return switch (this) {
      case NODES -> Optional.of(size > 1 ? NODES : NODE);
      case NODE -> Optional.of(size > 1 ? MACHINE_OPENED : INSTRUCTION_OPENED);
      case MACHINE_OPENED, MACHINE -> Optional.of(size > 1 ? MACHINE : INSTRUCTION);
      case INSTRUCTION_OPENED, INSTRUCTION -> Optional.empty();
    };
  }
}
