package dev.opml.api.inference;

/** When generation ends before its last token. The code is what the input header holds. */
public enum StopPolicy {
  /** Always generate the number of tokens asked for. */
  NEVER(0),
  /** End after a stop token of the image has been generated. */
  STOP_TOKENS(1);

  private final int code;

  StopPolicy(int code) {
    this.code = code;
  }

  /** Value in the input header. */
  public int code() {
    return code;
  }
}
