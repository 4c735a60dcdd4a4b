package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.merkle.Keccak256;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The contract that creates others, and is at the same address of nearly every chain. Where a
 * contract comes to be follows from its code and a salt, so it is known before, and one that is
 * there already is found.
 *
 * @see <a href="https://eips.ethereum.org/EIPS/eip-1014">EIP-1014</a>
 */
final class Create2Factory {
  /** Its address. */
  static final Address ADDRESS = Address.fromHex("4e59b44847b379578588920ca78fbf26c0b4956c");

  /** The account that creates it, of which nobody has the key. */
  static final Address MAKER = Address.fromHex("3fab184622dc19b6109349b94811493bf2a45362");

  /** Money that account needs: 100,000 gas at 100 gwei. */
  static final Wei COST = Wei.gwei(10_000_000);

  private static final byte KIND = (byte) 0xff;
  private static final int HASHED_SIZE = 1 + Address.SIZE + 2 * Bytes32.SIZE;

  /**
   * Its creation: without a chain's id, so that it counts on each, and with a made-up signature.
   */
  private static final byte[] CREATION =
      HexFormat.of()
          .parseHex(
              "f8a58085174876e800830186a08080b853604580600e600039806000f350fe"
                  + "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0"
                  + "3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
                  + "1ba0"
                  + "22".repeat(32)
                  + "a0"
                  + "22".repeat(32));

  private Create2Factory() {}

  /** The signed transaction that creates it. */
  static byte[] creation() {
    return CREATION.clone();
  }

  /** Hash of that transaction. */
  static TransactionHash creationHash() {
    return new TransactionHash(Keccak256.hash(CREATION));
  }

  /** Address of the contract that some code and a salt create. */
  static Address created(Bytes32 salt, byte[] code) {
    byte[] hashed =
        ByteBuffer.allocate(HASHED_SIZE)
            .put(KIND)
            .put(ADDRESS.toByteArray())
            .put(salt.toByteArray())
            .put(Keccak256.hash(code).toByteArray())
            .array();
    ByteBuffer end =
        ByteBuffer.wrap(
            Keccak256.hash(hashed).toByteArray(), Bytes32.SIZE - Address.SIZE, Address.SIZE);
    return new Address(end.getInt(), end.getLong(), end.getLong());
  }

  /** Data of the call that creates it. */
  static byte[] call(Bytes32 salt, byte[] code) {
    return ByteBuffer.allocate(Bytes32.SIZE + code.length)
        .put(salt.toByteArray())
        .put(code)
        .array();
  }
}
