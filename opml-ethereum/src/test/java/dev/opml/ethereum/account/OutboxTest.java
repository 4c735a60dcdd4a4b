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
import dev.opml.merkle.Keccak256;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/** An outbox before nodes that say anything. */
class OutboxTest {
  private static final Address CONTRACT = Address.fromHex("aa".repeat(20));

  /** Selector of {@code TooLate()}. */
  private static final String TOO_LATE = "0xecdd1c29";

  private static final long PATIENCE = FeePolicy.DEFAULT.patience().toNanos();
  private static final String SEND = "eth_sendRawTransaction";

  private final FakeNode fake = new FakeNode();
  private final Signer signer = KeySigner.of(new Bytes32(0, 0, 0, 7));
  private long now;
  private Wei baseFee = Wei.of(7);
  private final Outbox outbox = outbox(fake);

  private Outbox outbox(FakeNode... nodes) {
    return new Outbox(
        FakeNode.CHAIN_ID,
        signer,
        FeePolicy.DEFAULT,
        () -> baseFee,
        new Failover<>(Arrays.stream(nodes).map(FakeNode::blocks).toList()),
        new Failover<>(Arrays.stream(nodes).map(FakeNode::transactions).toList()),
        () -> now);
  }

  @BeforeEach
  void answer() {
    answer(fake);
  }

  private static void answer(FakeNode fake) {
    fake.answers("eth_estimateGas", "\"0x10000\"")
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
    fake.answers("eth_getTransactionReceipt", receipt(hash, status, number));
  }

  private static String receipt(TransactionHash hash, int status, long number) {
    return """
    {"transactionHash":"%s","blockHash":"%s","blockNumber":"0x%x","gasUsed":"0x9",
    "effectiveGasPrice":"0x7","status":"0x%x"}
    """
        .formatted(hash, FakeNode.hash(5), number, status);
  }

  /** A call that is refused after some blocks. */
  private void answersCalls(Map<String, String> selectors) {
    fake.computesCalls(selectors);
  }

  @Test
  void sign_absurdBaseFeeAndGas_areCapped() {
    baseFee = new Wei(BigInteger.TWO.pow(160));
    fake.answers("eth_estimateGas", "\"0xffffffffffff\"");
    SignedTransaction signed = outbox.sign(CONTRACT, Wei.ZERO, new byte[4]);
    assertEquals(FeePolicy.DEFAULT.cap(), signed.content().fees().most());
    assertEquals(2_001_000, signed.content().gas());
    // As many bytes as the most choices have: those take nearly all that a transaction may.
    assertEquals(1 << 24, outbox.sign(CONTRACT, Wei.ZERO, new byte[1 << 16]).content().gas());
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
    assertRefusal(expected, outbox.outcome(signed.hash()));
  }

  private static void assertRefusal(Refusal expected, TransactionOutcome outcome) {
    var reverted = assertInstanceOf(TransactionOutcome.Reverted.class, outcome);
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
  void sign_tinyEstimate_isEnoughForTheData() {
    fake.answers("eth_estimateGas", "\"0x1\"");
    byte[] data = new byte[50_000];
    Arrays.fill(data, (byte) 1);
    assertTrue(outbox.sign(CONTRACT, Wei.ZERO, data).content().gas() >= 21_000 + 40 * data.length);
  }

  private void answersNonce(long nonce) {
    fake.answers("eth_getTransactionCount", "\"0x%x\"".formatted(nonce));
  }

  private long nonce() {
    return outbox.sign(CONTRACT, Wei.ZERO, new byte[4]).content().nonce();
  }

  @Test
  void sign_afterALieAboutTheNonce_fillsTheGap() {
    answersNonce(1000);
    assertEquals(1000, nonce());
    answersNonce(3);
    assertEquals(3, nonce());
    assertEquals(4, nonce());
  }

  @Test
  void sign_oneOfThreeLiesAboutTheNonce_isThatOfTheOthers() {
    FakeNode[] nodes = {fake, new FakeNode(), new FakeNode()};
    for (String lie : List.of("\"0x0\"", "\"0x3e8\"")) {
      for (FakeNode node : nodes) {
        answer(node);
      }
      nodes[1].answers("eth_getTransactionCount", lie);
      assertEquals(
          3, outbox(nodes).sign(CONTRACT, Wei.ZERO, new byte[4]).content().nonce(), "lie " + lie);
    }
  }

  /** Makes a node take everything that is sent. */
  private void takesWhatIsSent(FakeNode node) {
    node.computes(
        SEND,
        parameters -> {
          byte[] signed = HexFormat.of().parseHex(parameters.getFirst().toString().substring(2));
          return "\"" + Keccak256.hash(signed).toHex() + "\"";
        });
  }

  @Test
  void cancel_fillerIsNotSent_isSentLaterWhoeverAsks() {
    SignedTransaction first = outbox.sign(CONTRACT, Wei.ZERO, new byte[4]);
    SignedTransaction second = sent();
    fake.refuses(SEND, "insufficient funds for gas * price + value");
    assertThrows(
        EthereumRpcException.class, () -> outbox.cancel(first.hash(), first.content().nonce()));
    assertEquals(2, fake.asked(SEND));
    takesWhatIsSent(fake);
    now = PATIENCE - 1;
    outbox.outcome(second.hash());
    assertEquals(2, fake.asked(SEND));
    now = PATIENCE;
    outbox.outcome(second.hash());
    assertEquals(3, fake.asked(SEND));
    // And again, until a block has the nonce.
    now = 2 * PATIENCE;
    outbox.outcome(second.hash());
    assertEquals(4, fake.asked(SEND));
    answersNonce(5);
    now = 3 * PATIENCE;
    outbox.outcome(second.hash());
    outbox.outcome(second.hash());
    assertEquals(4, fake.asked(SEND));
  }

  @Test
  void outcome_tendingAnotherFails_isToldAllTheSame() {
    SignedTransaction first = sent();
    SignedTransaction second = sent();
    answersReceipt(second.hash(), 1, 5);
    fake.computes(
        "eth_getTransactionReceipt",
        it ->
            it.getFirst().equals(second.hash().value().toHex())
                ? receipt(second.hash(), 1, 5)
                : "null");
    fake.refuses(SEND, "insufficient funds for gas * price + value");
    now = PATIENCE;
    assertInstanceOf(TransactionOutcome.Included.class, outbox.outcome(second.hash()));
    assertEquals(3, fake.asked(SEND));
    assertInstanceOf(TransactionOutcome.Unknown.class, outbox.outcome(first.hash()));
  }

  @Test
  void cancel_byALaterProcess_takesTheNonceUnlessItWasSignedAgain() {
    Outbox later = outbox(fake);
    TransactionHash before = new TransactionHash(new Bytes32(1, 2, 3, 4));
    SignedTransaction again = later.sign(CONTRACT, Wei.ZERO, new byte[4]);
    later.cancel(before, again.content().nonce());
    assertEquals(0, fake.asked(SEND));
    takesWhatIsSent(fake);
    later.cancel(before, 1);
    assertEquals(1, fake.asked(SEND));
    later.cancel(before, 1);
    assertEquals(1, fake.asked(SEND));
  }

  /** A transaction as nodes tell it. */
  private String told(SignedTransaction signed) {
    SignedTransaction.Content content = signed.content();
    List<RlpType> fields =
        ((RlpList)
                RlpDecoder.decode(Arrays.copyOfRange(signed.encoded(), 1, signed.encoded().length))
                    .getValues()
                    .getFirst())
            .getValues();
    return """
    {"hash":"%s","type":"0x2","from":"%s","to":"%s","value":"0x0","input":"0x%s","nonce":"0x%x",
    "maxPriorityFeePerGas":"0x%x","maxFeePerGas":"0x%x","gas":"0x%x","v":"%s","r":"%s","s":"%s"}
    """
        .formatted(
            signed.hash(),
            signer.address().toHex(),
            content.message().to().toHex(),
            content.message().data(),
            content.nonce(),
            content.fees().tip().amount(),
            content.fees().most().amount(),
            content.gas(),
            hex(fields.get(9)).equals("0x01") ? "0x1" : "0x0",
            hex(fields.get(10)),
            hex(fields.get(11)));
  }

  private static String hex(RlpType field) {
    return "0x" + HexFormat.of().formatHex(((RlpString) field).getBytes());
  }

  @Test
  void outcome_afterARestart_isOfferedForMore() {
    SignedTransaction signed = sent();
    fake.answers("eth_getTransactionByHash", told(signed));
    takesWhatIsSent(fake);
    Outbox later = outbox(fake);
    assertInstanceOf(TransactionOutcome.Pending.class, later.outcome(signed.hash()));
    assertEquals(1, fake.asked(SEND));
    assertEquals(
        signed.content().nonce() + 1,
        later.sign(CONTRACT, Wei.ZERO, new byte[4]).content().nonce());
    now = PATIENCE;
    assertInstanceOf(TransactionOutcome.Pending.class, later.outcome(signed.hash()));
    assertEquals(2, fake.asked(SEND));
  }

  /** Else its nonce would be taken, and it offered again and again. */
  @Test
  void outcome_afterARestartOfOneThatIsToldOtherwise_isNotOffered() {
    SignedTransaction signed = sent();
    fake.answers(
        "eth_getTransactionByHash", told(signed).replace("\"nonce\":\"0x3\"", "\"nonce\":\"0x9\""));
    Outbox later = outbox(fake);
    for (now = 0; now <= 2 * PATIENCE; now += PATIENCE) {
      assertInstanceOf(TransactionOutcome.Pending.class, later.outcome(signed.hash()));
    }
    assertEquals(1, fake.asked(SEND));
  }

  @Test
  void outcome_oneOfThreeForgesAReceipt_isThatOfTheOthers() {
    FakeNode[] nodes = {fake, new FakeNode(), new FakeNode()};
    for (FakeNode node : nodes) {
      answer(node);
      takesWhatIsSent(node);
    }
    Outbox three = outbox(nodes);
    SignedTransaction signed = three.sign(CONTRACT, Wei.ZERO, new byte[4]);
    three.send(signed.hash());
    answersReceipt(signed.hash(), 0, 5);
    nodes[1].answers("eth_getTransactionByHash", "{\"hash\":\"" + signed.hash() + "\"}");
    assertInstanceOf(TransactionOutcome.Pending.class, three.outcome(signed.hash()));
    nodes[1].answers("eth_getTransactionReceipt", receipt(signed.hash(), 1, 5));
    assertInstanceOf(TransactionOutcome.Pending.class, three.outcome(signed.hash()));
    nodes[2].answers("eth_getTransactionReceipt", receipt(signed.hash(), 1, 5));
    assertInstanceOf(TransactionOutcome.Included.class, three.outcome(signed.hash()));
  }

  /** The one that does not answer may know it. */
  @Test
  void outcome_oneFailsAndOneDoesNotKnowIt_isPending() {
    FakeNode broken = new FakeNode();
    answer(broken);
    takesWhatIsSent(fake);
    takesWhatIsSent(broken);
    Outbox two = outbox(fake, broken);
    SignedTransaction signed = two.sign(CONTRACT, Wei.ZERO, new byte[4]);
    two.send(signed.hash());
    assertInstanceOf(TransactionOutcome.Unknown.class, two.outcome(signed.hash()));
    broken.refuses("eth_getTransactionByHash", "internal error");
    assertInstanceOf(TransactionOutcome.Pending.class, two.outcome(signed.hash()));
  }

  @Test
  void send_unknownType_isNoKnownTransaction() {
    SignedTransaction signed = outbox.sign(CONTRACT, Wei.ZERO, new byte[4]);
    fake.refuses(SEND, "unknown transaction type");
    assertThrows(EthereumRpcException.class, () -> outbox.send(signed.hash()));
    fake.refuses(SEND, "known transaction: " + signed.hash());
    outbox.send(signed.hash());
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

  private FakeNode[] three() {
    FakeNode[] nodes = {fake, new FakeNode(), new FakeNode()};
    for (FakeNode node : nodes) {
      answer(node);
      takesWhatIsSent(node);
    }
    return nodes;
  }

  @Test
  void outcome_revertedBeforeThree_isWhatTwoSay() {
    FakeNode[] nodes = three();
    Outbox three = outbox(nodes);
    SignedTransaction signed = three.sign(CONTRACT, Wei.ZERO, new byte[4]);
    three.send(signed.hash());
    for (FakeNode node : nodes) {
      node.answers("eth_getTransactionReceipt", receipt(signed.hash(), 0, 5));
    }
    nodes[1].computesCalls(Map.of(FakeNode.hash(5), TOO_LATE));
    nodes[2].computesCalls(Map.of(FakeNode.hash(5), TOO_LATE));
    assertRefusal(Refusal.TOO_LATE, three.outcome(signed.hash()));
    for (FakeNode node : nodes) {
      node.answers("debug_traceTransaction", "{\"output\":\"" + TOO_LATE + "\"}");
      node.computesCalls(Map.of());
    }
    assertRefusal(Refusal.TOO_LATE, three.outcome(signed.hash()));
  }

  /** Whoever waits for it at each offer never hears the outcome. */
  @Test
  void outcome_offeredOftenAndOneHangs_isAskedOnce() {
    FakeNode[] nodes = three();
    Outbox three = outbox(nodes);
    SignedTransaction signed = three.sign(CONTRACT, Wei.ZERO, new byte[4]);
    three.send(signed.hash());
    for (FakeNode node : nodes) {
      node.computes("eth_getTransactionByHash", it -> "{\"hash\":\"" + it.getFirst() + "\"}");
    }
    for (now = PATIENCE; now <= 4 * PATIENCE; now += PATIENCE) {
      assertInstanceOf(TransactionOutcome.Pending.class, three.outcome(signed.hash()));
    }
    nodes[2].hangs("eth_getTransactionReceipt");
    long before = nodes[2].asked("eth_getTransactionReceipt");
    assertInstanceOf(TransactionOutcome.Pending.class, three.outcome(signed.hash()));
    assertEquals(1, nodes[2].asked("eth_getTransactionReceipt") - before);
  }

  /** Nobody else can offer it again: if it waited for one of three, it might for ever. */
  @Test
  void outcome_ofAnotherProcessAndOneOfThreeFailsOrLies_isUnknown() {
    FakeNode[] nodes = three();
    TransactionHash hash = new TransactionHash(new Bytes32(1, 2, 3, 4));
    nodes[1].refuses("eth_getTransactionByHash", "internal error");
    assertInstanceOf(TransactionOutcome.Unknown.class, outbox(nodes).outcome(hash));
    nodes[1].answers("eth_getTransactionByHash", "{\"hash\":\"" + hash + "\"}");
    assertInstanceOf(TransactionOutcome.Unknown.class, outbox(nodes).outcome(hash));
    nodes[2].refuses("eth_getTransactionByHash", "internal error");
    assertInstanceOf(TransactionOutcome.Pending.class, outbox(nodes).outcome(hash));
  }

  /** After a reorganisation another may have its nonce. */
  @Test
  void outcome_ofOneThatHasEnded_freesNoNonceOfAnother() {
    SignedTransaction ended = sent();
    answersReceipt(ended.hash(), 1, 5);
    assertInstanceOf(TransactionOutcome.Included.class, outbox.outcome(ended.hash()));
    assertEquals(3, outbox.sign(CONTRACT, Wei.ZERO, new byte[5]).content().nonce());
    assertInstanceOf(TransactionOutcome.Included.class, outbox.outcome(ended.hash()));
    assertEquals(4, nonce());
  }

  /** Transactions of an earlier process that has written down nothing of them. */
  @Test
  void outcome_waitsForNoncesThatNobodyHereKnows_takesTheLowest() {
    fake.computes(
        "eth_getTransactionCount",
        parameters -> parameters.getLast().equals("pending") ? "\"0x5\"" : "\"0x3\"");
    SignedTransaction signed = sent();
    assertEquals(5, signed.content().nonce());
    takesWhatIsSent(fake);
    now = PATIENCE;
    outbox.outcome(signed.hash());
    outbox.outcome(signed.hash());
    assertEquals(2, fake.asked(SEND));
    // Once a block has it, the next.
    fake.computes(
        "eth_getTransactionCount",
        parameters -> parameters.getLast().equals("pending") ? "\"0x5\"" : "\"0x4\"");
    now = 2 * PATIENCE;
    outbox.outcome(signed.hash());
    outbox.outcome(signed.hash());
    assertEquals(3, fake.asked(SEND));
    assertEquals(6, nonce());
  }
}
