package dev.opml.vm.graph;

/** What PROJECT does to products first. The code is what the node row holds. */
public enum Activation {
  /** Nothing. */
  NONE(0),
  /** {@code y / (1 + exp(-y))}. */
  SILU(1),
  /** The approximation of GELU by tanh. */
  GELU(2),
  /** {@code max(y, 0)}. */
  RELU(3);

  private final int code;

  Activation(int code) {
    this.code = code;
  }

  /** Value in the node row. */
  public int code() {
    return code;
  }

  static Activation ofCode(int code) {
    for (Activation activation : values()) {
      if (activation.code == code) {
        return activation;
      }
    }
    throw new IllegalArgumentException("no activation has code " + code);
  }
}
