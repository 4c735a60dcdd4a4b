package dev.opml.dispute.game;

/** The kinds of move. */
public enum MoveKind {
  /** Pick a segment of the opponent's subdivision and subdivide it. */
  SUBDIVIDE,
  /** Subdivide the disputed node's machine trace. */
  OPEN_MACHINE,
  /** Let the arbiter execute the disputed instruction. */
  WITNESS
}
