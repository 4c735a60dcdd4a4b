package dev.opml.ethereum.abi;

import dev.opml.dispute.Wei;

/** Content of a transaction to the arbiter's contract: the encoded call and money. Immutable. */
public final class CallData {
  private final byte[] bytes;
  private final Wei value;

  CallData(byte[] bytes, Wei value) {
    this.bytes = bytes;
    this.value = value;
  }

  /** Returns a new array with selector and arguments. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Fee or bond that is sent along. */
  public Wei value() {
    return value;
  }
}
