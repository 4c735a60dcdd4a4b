package dev.opml.ethereum.rpc;

import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Wei;
import java.util.HexFormat;
import java.util.Map;

/** Values as JSON-RPC writes them. */
final class Hex {
  private Hex() {}

  static String quantity(long value) {
    return "0x" + Long.toHexString(value);
  }

  static String quantity(Wei value) {
    return "0x" + value.amount().toString(16);
  }

  static String bytes(byte[] value) {
    return "0x" + HexFormat.of().formatHex(value);
  }

  /** A block by its hash, whether it is still part of the chain or not (EIP-1898). */
  static Map<String, Object> block(BlockHash hash) {
    return Map.of("blockHash", hash.value().toHex(), "requireCanonical", false);
  }
}
