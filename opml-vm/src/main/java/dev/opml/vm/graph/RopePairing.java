package dev.opml.vm.graph;

/** Which elements of a head rotate together. The code is what the node row holds. */
public enum RopePairing {
  /** Elements 2j and 2j + 1. */
  INTERLEAVED(0),
  /** Elements j and j + ropeDim / 2. */
  HALVES(1);

  private final int code;

  RopePairing(int code) {
    this.code = code;
  }

  /** Value in the node row. */
  public int code() {
    return code;
  }

  static RopePairing ofCode(int code) {
    return code == INTERLEAVED.code ? INTERLEAVED : HALVES;
  }
}
