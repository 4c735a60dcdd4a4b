package dev.opml.vm.graph;

/** Which two elements of a head rotate together. */
public enum RopePairing {
  /** Elements {@code 2j} and {@code 2j + 1}. */
  INTERLEAVED(0),
  /** Elements {@code j} and {@code j + ropeDim/2}. */
  HALVES(1);

  private final int code;

  RopePairing(int code) {
    this.code = code;
  }

  /** Code in the node table. */
  public int code() {
    return code;
  }
}
