package dev.opml.ethereum.rpc;

import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import java.util.HexFormat;
import java.util.Map;

/**
 * A call, as a transaction makes it.
 *
 * @param from its sender
 * @param to the contract
 * @param value what it brings
 * @param data selector and arguments, as hexadecimal digits
 */
public record Message(Address from, Address to, Wei value, String data) {
  /** A call with its data as bytes. */
  public static Message of(Address from, Address to, Wei value, byte[] data) {
    return new Message(from, to, value, HexFormat.of().formatHex(data));
  }

  Map<String, Object> json() {
    return Map.of(
        "from", from.toHex(),
        "to", to.toHex(),
        "value", Hex.quantity(value),
        "data", "0x" + data);
  }
}
