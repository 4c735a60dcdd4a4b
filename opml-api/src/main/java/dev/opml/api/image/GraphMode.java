package dev.opml.api.image;

/**
 * The way in which a graph's nodes are cut into trace steps. The code is what the graph header
 * holds.
 */
public enum GraphMode {
  /** One node is one graph row at one position. */
  ROW_PER_NODE(0),
  /** One node is the whole inference; the trace has length 1. */
  SINGLE_PHASE(1);

  private final int code;

  GraphMode(int code) {
    this.code = code;
  }

  /** Value in the graph header. */
  public int code() {
    return code;
  }
}
