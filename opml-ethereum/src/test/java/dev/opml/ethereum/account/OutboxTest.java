package dev.opml.ethereum.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.FakeNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An outbox before nodes that say anything. */
class OutboxTest {
  private static final Address CONTRACT = Address.fromHex("aa".repeat(20));

  /** Selector of {@code TooLate()}. */
  private static final String TOO_LATE = "0xecdd1c29";

  private final FakeNode fake = new FakeNode();
  private final Signer signer = KeySigner.of(new Bytes32(0, 0, 0, 7));
  private long now;
  private final Outbox outbox =
      new Outbox(
          FakeNode.CHAIN_ID,
          signer,
          FeePolicy.DEFAULT,
          new Failover<>(List.of(fake.blocks())),
          new Failover<>(List.of(fake.transactions())),
          () -> now);

  @BeforeEach
  void answer() {
    fake.answers("eth_estimateGas", "\"0x10000\"")
        .answers("eth_getBlockByNumber", FakeNode.block(5))
        .answers("eth_getBlockByHash", FakeNode.block(5))
        .answers("eth_getTransactionCount", "\"0x3\"")
        .answers("eth_getTransactionReceipt", "null")
        .answers("eth_getTransactionByHash", "null")
        .answers("eth_blockNumber", "\"0x5\"");
  }

  private SignedTransaction sent() {
    SignedTransaction signed = outbox.sign(CONTRACT, Wei.ZERO, new byte[4]);
    fake.answers("eth_sendRawTransaction", "\"" + signed.hash() + "\"");
    outbox.send(signed.hash());
    return signed;
  }

  private void answersReceipt(TransactionHash hash, int status, long number) {
    fake.answers(
        "eth_getTransactionReceipt",
        """
        {"transactionHash":"%s","blockHash":"%s","blockNumber":"0x%x","gasUsed":"0x9",
        "effectiveGasPrice":"0x7","status":"0x%x"}
        """
            .formatted(hash, FakeNode.hash(5), number, status));
  }

  /** A call that is refused after some blocks. */
  private void answersCalls(Map<String, String> selectors) {
    fake.computesCalls(selectors);
  }

  @Test
  void sign_absurdBaseFeeAndGas_areCapped() {
    fake.answers(
        "eth_getBlockByNumber",
        FakeNode.block(5).replace("\"0x7\"", "\"0x" + "f".repeat(40) + "\""));
    fake.answers("eth_estimateGas", "\"0xffffffffffff\"");
    SignedTransaction signed = outbox.sign(CONTRACT, Wei.ZERO, new byte[4]);
    assertEquals(FeePolicy.DEFAULT.cap(), signed.content().fees().most());
    assertEquals(1 << 24, signed.content().gas());
    assertEquals(3, signed.content().nonce());
  }

  @Test
  void outcome_revertedAndNotTraced_isReplayedAfterItsBlock() {
    SignedTransaction signed = sent();
    answersReceipt(signed.hash(), 0, 5);
    answersCalls(Map.of(FakeNode.hash(5), TOO_LATE));
    assertRefusal(Refusal.TOO_LATE, signed);
  }

  @Test
  void outcome_revertedOnlyBeforeItsBlock_isReplayedThere() {
    SignedTransaction signed = sent();
    answersReceipt(signed.hash(), 0, 5);
    answersCalls(Map.of(FakeNode.hash(4), TOO_LATE));
    assertRefusal(Refusal.TOO_LATE, signed);
  }

  @Test
  void outcome_revertedAndTraced_isWhatTheTraceSays() {
    SignedTransaction signed = sent();
    answersReceipt(signed.hash(), 0, 5);
    fake.answers("debug_traceTransaction", "{\"output\":\"" + TOO_LATE + "\"}");
    assertRefusal(Refusal.TOO_LATE, signed);
    assertEquals(0, fake.asked("eth_call"));
  }

  @Test
  void outcome_revertedForNoKnownReason_isUnexplained() {
    SignedTransaction signed = sent();
    answersReceipt(signed.hash(), 0, 5);
    answersCalls(new HashMap<>());
    assertRefusal(Refusal.UNEXPLAINED, signed);
    answersCalls(Map.of(FakeNode.hash(5), "0x12345678"));
    assertRefusal(Refusal.UNEXPLAINED, signed);
  }

  private void assertRefusal(Refusal expected, SignedTransaction signed) {
    var reverted =
        assertInstanceOf(TransactionOutcome.Reverted.class, outbox.outcome(signed.hash()));
    assertEquals(expected, reverted.refusal().reason());
  }

  @Test
  void outcome_receiptOfABlockWithAnotherNumber_isNotBelieved() {
    SignedTransaction signed = sent();
    answersReceipt(signed.hash(), 1, 1 << 20);
    assertInstanceOf(TransactionOutcome.Unknown.class, outbox.outcome(signed.hash()));
    answersReceipt(signed.hash(), 1, 5);
    assertInstanceOf(TransactionOutcome.Included.class, outbox.outcome(signed.hash()));
  }

  @Test
  void outcome_receiptOfAnotherTransaction_isRefused() {
    SignedTransaction signed = sent();
    answersReceipt(new TransactionHash(Bytes32.ZERO), 1, 5);
    assertThrows(EthereumRpcException.class, () -> outbox.outcome(signed.hash()));
  }

  @Test
  void outcome_waitsLessThanThePatience_isNotOfferedForMore() {
    SignedTransaction signed = sent();
    fake.answers("eth_getTransactionByHash", "{\"hash\":\"" + signed.hash() + "\"}");
    now = FeePolicy.DEFAULT.patience().toNanos() - 1;
    assertInstanceOf(TransactionOutcome.Pending.class, outbox.outcome(signed.hash()));
    assertEquals(1, fake.asked("eth_sendRawTransaction"));
  }

  @Test
  void send_knownAlready_isNoFailure() {
    SignedTransaction signed = outbox.sign(CONTRACT, Wei.ZERO, new byte[4]);
    for (String message : List.of("already known", "nonce too low: next nonce 5")) {
      fake.refuses("eth_sendRawTransaction", message);
      outbox.send(signed.hash());
    }
    fake.refuses("eth_sendRawTransaction", "insufficient funds for gas * price + value");
    assertThrows(EthereumRpcException.class, () -> outbox.send(signed.hash()));
    fake.answers("eth_sendRawTransaction", "\"" + Bytes32.ZERO + "\"");
    assertThrows(EthereumRpcException.class, () -> outbox.send(signed.hash()));
  }

  @Test
  void sign_refusedCall_takesNoNonce() {
    fake.refusesWith("eth_estimateGas", "\"" + TOO_LATE + "\"");
    var e =
        assertThrows(
            ArbiterRefusedException.class, () -> outbox.sign(CONTRACT, Wei.ZERO, new byte[4]));
    assertEquals(Refusal.TOO_LATE, e.reason());
    // Some nodes put it into an object.
    fake.refusesWith("eth_estimateGas", "{\"data\":\"" + TOO_LATE + "\"}");
    assertThrows(ArbiterRefusedException.class, () -> outbox.sign(CONTRACT, Wei.ZERO, new byte[4]));
    fake.answers("eth_estimateGas", "\"0x10000\"");
    assertEquals(3, sent().content().nonce());
    assertTrue(fake.asked("eth_sendRawTransaction") == 1);
  }
}
