package dev.opml.ethereum.account;

import dev.opml.api.Bytes32;
import dev.opml.dispute.TransactionHash;
import dev.opml.ethereum.rpc.Message;
import dev.opml.ethereum.rpc.NodeTransaction;
import dev.opml.merkle.Keccak256;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/** A signed transaction with an EIP-1559 fee. Immutable. */
public final class SignedTransaction {
  private static final byte TYPE = 2;

  private final Content content;
  private final byte[] encoded;
  private final TransactionHash hash;

  /**
   * Content that is signed.
   *
   * @param chainId the chain
   * @param nonce place among the account's transactions
   * @param fees what is offered for gas
   * @param gas most gas that it may take
   * @param message the call
   */
  public record Content(long chainId, long nonce, Fees fees, long gas, Message message) {
    private List<RlpType> fields() {
      List<RlpType> fields = new ArrayList<>();
      fields.add(RlpString.create(chainId));
      fields.add(RlpString.create(nonce));
      fields.add(RlpString.create(fees.tip().amount()));
      fields.add(RlpString.create(fees.most().amount()));
      fields.add(RlpString.create(gas));
      fields.add(RlpString.create(message.to().toByteArray()));
      fields.add(RlpString.create(message.value().amount()));
      fields.add(RlpString.create(HexFormat.of().parseHex(message.data())));
      fields.add(new RlpList()); // no access list
      return fields;
    }

    /** The same with another offer. */
    public Content with(Fees other) {
      return new Content(chainId, nonce, other, gas, message);
    }
  }

  private SignedTransaction(Content content, byte[] encoded) {
    this.content = content;
    this.encoded = encoded;
    this.hash = new TransactionHash(Keccak256.hash(encoded));
  }

  /** Signs. */
  public static SignedTransaction sign(Content content, Signer signer) {
    return encoded(content, signer.sign(Keccak256.hash(typed(content.fields()))));
  }

  private static SignedTransaction encoded(Content content, Signature signature) {
    List<RlpType> fields = content.fields();
    fields.add(RlpString.create(signature.oddY() ? 1 : 0));
    fields.add(number(signature.r()));
    fields.add(number(signature.s()));
    return new SignedTransaction(content, typed(fields));
  }

  /**
   * A transaction as an endpoint tells it. Only its hash shows whether that is true.
   *
   * @param chainId the chain that it has to be for
   */
  static SignedTransaction of(long chainId, NodeTransaction told) {
    Fees fees = new Fees(told.tip(), told.most());
    Content content = new Content(chainId, told.nonce(), fees, told.gas(), told.message());
    return encoded(content, new Signature(told.r(), told.s(), told.oddY()));
  }

  private static RlpString number(Bytes32 value) {
    return RlpString.create(new BigInteger(1, value.toByteArray()));
  }

  private static byte[] typed(List<RlpType> fields) {
    byte[] list = RlpEncoder.encode(new RlpList(fields));
    return ByteBuffer.allocate(1 + list.length).put(TYPE).put(list).array();
  }

  /** Content that is signed. */
  public Content content() {
    return content;
  }

  /** Its identity. */
  public TransactionHash hash() {
    return hash;
  }

  /** Returns a new array with its encoding. */
  public byte[] encoded() {
    return encoded.clone();
  }
}
