package dev.opml.ethereum.rpc;

import dev.opml.api.Bytes32;
import dev.opml.dispute.BlockHash;
import dev.opml.merkle.Keccak256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * The hash of a block's header: Keccak-256 of the RLP of its fields. Fields that a fork has added
 * come last, in the order in which they came.
 */
final class HeaderHash {
  private static final List<Field> FIELDS =
      List.of(
          new Field("parentHash", false),
          new Field("sha3Uncles", false),
          new Field("miner", false),
          new Field("stateRoot", false),
          new Field("transactionsRoot", false),
          new Field("receiptsRoot", false),
          new Field("logsBloom", false),
          new Field("difficulty", true),
          new Field("number", true),
          new Field("gasLimit", true),
          new Field("gasUsed", true),
          new Field("timestamp", true),
          new Field("extraData", false),
          new Field("mixHash", false),
          new Field("nonce", false));

  /** London, Shanghai, Cancun (three), Prague, Amsterdam (two). */
  private static final List<Field> ADDED =
      List.of(
          new Field("baseFeePerGas", true),
          new Field("withdrawalsRoot", false),
          new Field("blobGasUsed", true),
          new Field("excessBlobGas", true),
          new Field("parentBeaconBlockRoot", false),
          new Field("requestsHash", false),
          new Field("blockAccessListHash", false),
          new Field("slotNumber", true));

  private record Field(String name, boolean isNumber) {
    RlpType of(Answer value) {
      return isNumber ? RlpString.create(value.wei().amount()) : RlpString.create(value.bytes());
    }
  }

  private HeaderHash() {}

  static BlockHash of(Answer block) {
    List<RlpType> values = new ArrayList<>();
    FIELDS.forEach(field -> values.add(field.of(block.field(field.name()))));
    for (Field field : ADDED) {
      Optional<Answer> value = block.optional(field.name());
      value.ifPresent(it -> values.add(field.of(it)));
    }
    return new BlockHash(hash(RlpEncoder.encode(new RlpList(values))));
  }

  private static Bytes32 hash(byte[] encoded) {
    return Keccak256.hash(encoded);
  }
}
