package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.Bytes32;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.UnexpectedDeploymentException;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.rpc.Endpoint;
import dev.opml.ethereum.rpc.EthereumRpcException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client on a chain, with a contract that knows a few of the arbiter's calls. */
class EthereumArbiterTest {
  private static final ClaimId CLAIM = new ClaimId(new Bytes32(9, 8, 7, 6));
  private static final ArbiterCall SETTLE = new ArbiterCall.Settle(CLAIM);
  private static final ArbiterCall WITHDRAW = new ArbiterCall.Withdraw();

  private Stub chain;
  private EthereumArbiter arbiter;

  @BeforeEach
  void start() throws Exception {
    chain = Stub.start("--no-mining");
    arbiter = chain.connect(1);
  }

  @AfterEach
  void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  private Transaction send(EthereumArbiter account, ArbiterCall call) {
    Transaction transaction = account.sign(call);
    account.broadcast(transaction);
    return transaction;
  }

  private TransactionOutcome outcome(Transaction transaction) {
    return arbiter.outcome(transaction.hash());
  }

  private JsonNode transactionWithNonce(long nonce) throws Exception {
    JsonNode pending = chain.anvil().ask("txpool_content").get("pending");
    return pending.elements().next().get(Long.toString(nonce));
  }

  @Test
  void connect_expectedDeployment_isVerified() {
    assertEquals(chain.spec().expected(), arbiter.deployment());
  }

  @Test
  void connect_otherParameters_isRefused() {
    ArbiterParameters others = ArbiterParameters.standard(Set.of(Bytes32.ZERO));
    DeploymentSpec spec =
        new DeploymentSpec(chain.spec().identity(), others, chain.spec().code(), 0);
    assertRefusesToConnect(spec);
  }

  @Test
  void connect_otherCode_isRefused() {
    CodeTemplate other = CodeTemplate.of(new byte[] {1, 2, 3}, List.of());
    ContractCode code = chain.spec().code().orElseThrow();
    for (ContractCode wrong :
        List.of(
            new ContractCode(other, code.machine(), code.rules()),
            new ContractCode(code.arbiter(), other, code.rules()),
            new ContractCode(code.arbiter(), code.machine(), other))) {
      assertRefusesToConnect(
          new DeploymentSpec(chain.spec().identity(), Stub.PARAMETERS, Optional.of(wrong), 0));
    }
  }

  private void assertRefusesToConnect(DeploymentSpec spec) {
    List<Endpoint> endpoints = List.of(chain.anvil().endpoint());
    assertThrows(
        UnexpectedDeploymentException.class,
        () -> EthereumArbiter.connect(spec, endpoints, Anvil.account(1), FeePolicy.DEFAULT));
  }

  @Test
  void connect_anotherChainOrNoContract_isRefused() {
    List<Endpoint> endpoints = List.of(chain.anvil().endpoint());
    for (ArbiterIdentity wrong :
        List.of(
            new ArbiterIdentity(1, chain.spec().identity().arbiter()),
            new ArbiterIdentity(Anvil.CHAIN_ID, Anvil.account(0).address()))) {
      DeploymentSpec spec = new DeploymentSpec(wrong, Stub.PARAMETERS, Optional.empty(), 0);
      EthereumRpcException e =
          assertThrows(
              EthereumRpcException.class,
              () -> EthereumArbiter.connect(spec, endpoints, Anvil.account(1), FeePolicy.DEFAULT));
      assertEquals(EthereumRpcException.Kind.MALFORMED, e.kind());
    }
  }

  @Test
  void send_call_isIncludedAndItsEventsAreRead() throws Exception {
    Transaction transaction = send(arbiter, new ArbiterCall.Expire(CLAIM));
    assertInstanceOf(TransactionOutcome.Pending.class, outcome(transaction));
    chain.anvil().mine();

    var included = assertInstanceOf(TransactionOutcome.Included.class, outcome(transaction));
    Header head = arbiter.head();
    assertEquals(head.hash(), included.receipt().block());
    assertEquals(head.number(), included.receipt().number());
    assertTrue(included.receipt().gasUsed() > 21_000);
    List<ArbiterEvent> expected =
        List.of(
            new ArbiterEvent.ClaimExpired(CLAIM, Wei.of(7)),
            new ArbiterEvent.SealingExtended(new RequestId(CLAIM.value()), head.block().time()));
    List<LoggedEvent> events = arbiter.events(head.hash());
    assertEquals(expected, events.stream().map(LoggedEvent::event).toList());
    assertEquals(List.of(0, 1), events.stream().map(LoggedEvent::index).toList());
    assertEquals(head.block(), events.getFirst().block());
    assertEquals(head, arbiter.header(head.hash()));
    assertEquals(List.of(), arbiter.events(head.parent()));
  }

  @Test
  void finalEvents_range_isThatOfTheBlocks() throws Exception {
    List<LoggedEvent> expected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      send(arbiter, WITHDRAW);
      send(arbiter, new ArbiterCall.Expire(CLAIM));
      chain.anvil().mine();
      expected.addAll(arbiter.events(arbiter.head().hash()));
    }
    Header last = arbiter.head();
    assertThrows(UnknownBlockException.class, () -> arbiter.finalEvents(0, last));
    assertThrows(UnknownBlockException.class, () -> arbiter.finalHeader(last.number()));
    for (int i = 0; i < 3; i++) {
      chain.anvil().mine();
    }
    assertEquals(15, expected.size());
    assertEquals(expected, arbiter.finalEvents(0, last));
    assertEquals(expected.subList(3, 15), arbiter.finalEvents(last.number() - 3, last));
    assertEquals(last, arbiter.finalHeader(last.number()));
    assertTrue(arbiter.head(Finality.FINALIZED).number() >= last.number());
    Header other = new Header(last.parent(), last.parent(), last.block());
    assertThrows(UnknownBlockException.class, () -> arbiter.finalEvents(0, other));
  }

  @Test
  void reads_ofAnUnknownBlock_sayThatItIsUnknown() {
    BlockHash unknown = new BlockHash(new Bytes32(1, 1, 1, 1));
    assertThrows(UnknownBlockException.class, () -> arbiter.header(unknown));
    assertThrows(UnknownBlockException.class, () -> arbiter.events(unknown));
    assertThrows(UnknownBlockException.class, () -> arbiter.funds(arbiter.account(), unknown));
    assertThrows(UnknownBlockException.class, () -> arbiter.finalHeader(1_000_000));
  }

  @Test
  void reads_ofABlockThatWasTakenAway_areOfThatBlock() throws Exception {
    send(arbiter, SETTLE);
    chain.anvil().mine();
    Header before = arbiter.head();
    Wei balance = arbiter.balance(arbiter.account());
    send(arbiter, WITHDRAW);
    chain.anvil().mine();
    assertTrue(arbiter.balance(arbiter.account()).isLessThan(balance));
    assertEquals(balance, arbiter.funds(arbiter.account(), before.hash()).balance());
    assertEquals(
        Wei.of(Anvil.account(1).address().word2() & 0xffff),
        arbiter.funds(arbiter.account(), before.hash()).credit());
  }

  @Test
  void sign_refusedCall_costsNothing() throws Exception {
    send(arbiter, SETTLE);
    chain.anvil().mine();
    var e = assertThrows(ArbiterRefusedException.class, () -> arbiter.sign(SETTLE));
    assertEquals(Refusal.WRONG_CLAIM_STATUS, e.reason());
    assertEquals(1, arbiter.sign(WITHDRAW).nonce());
  }

  @Test
  void outcome_refusedInItsBlock_namesTheRefusal() throws Exception {
    EthereumArbiter other = chain.connect(2);
    Transaction second = arbiter.sign(SETTLE);
    send(other, SETTLE);
    arbiter.broadcast(second);
    chain.anvil().mine();
    var reverted = assertInstanceOf(TransactionOutcome.Reverted.class, outcome(second));
    assertEquals(Refusal.WRONG_CLAIM_STATUS, reverted.refusal().reason());
    assertEquals(arbiter.head().hash(), reverted.receipt().block());
    // By another process, which does not know what was sent.
    var found =
        assertInstanceOf(
            TransactionOutcome.Reverted.class, chain.connect(1).outcome(second.hash()));
    assertEquals(Refusal.WRONG_CLAIM_STATUS, found.refusal().reason());
  }

  @Test
  void sign_several_haveNoncesInOrder() throws Exception {
    for (int nonce = 0; nonce < 3; nonce++) {
      assertEquals(nonce, send(arbiter, WITHDRAW).nonce());
    }
    chain.anvil().mine();
    assertEquals(3, arbiter.events(arbiter.head().hash()).size());
    assertEquals(3, chain.connect(1).sign(WITHDRAW).nonce());
  }

  @Test
  void cancel_notSent_givesTheNonceBack() {
    Transaction first = arbiter.sign(SETTLE);
    arbiter.cancel(first.hash(), first.nonce());
    arbiter.cancel(first.hash(), first.nonce());
    assertInstanceOf(TransactionOutcome.Unknown.class, outcome(first));
    assertThrows(IllegalArgumentException.class, () -> arbiter.broadcast(first));
    assertEquals(0, arbiter.sign(SETTLE).nonce());
    assertEquals(1, arbiter.sign(WITHDRAW).nonce());
  }

  @Test
  void cancel_notSentButHigherNoncesWait_takesTheNonce() throws Exception {
    Transaction first = arbiter.sign(SETTLE);
    Transaction second = send(arbiter, WITHDRAW);
    arbiter.cancel(first.hash(), first.nonce());
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Replaced.class, outcome(first));
    assertInstanceOf(TransactionOutcome.Included.class, outcome(second));
    assertEquals(2, arbiter.sign(SETTLE).nonce());
  }

  @Test
  void cancel_sent_takesItsNonce() throws Exception {
    Transaction first = send(arbiter, SETTLE);
    Transaction second = send(arbiter, WITHDRAW);
    arbiter.cancel(first.hash(), first.nonce());
    chain.anvil().mine();
    var replaced = assertInstanceOf(TransactionOutcome.Replaced.class, outcome(first));
    assertNotEquals(first.hash(), replaced.by());
    assertInstanceOf(TransactionOutcome.Included.class, outcome(second));
    assertEquals(1, arbiter.events(arbiter.head().hash()).size());
  }

  @Test
  void cancel_included_changesNothing() throws Exception {
    Transaction transaction = send(arbiter, SETTLE);
    chain.anvil().mine();
    arbiter.cancel(transaction.hash(), transaction.nonce());
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Included.class, outcome(transaction));
  }

  @Test
  void outcome_waits_isOfferedForMoreAndFoundByItsFirstHash() throws Exception {
    Transaction transaction = send(arbiter, SETTLE);
    long first = price(transaction.nonce());
    for (int i = 1; i <= 3; i++) {
      long before = price(transaction.nonce());
      assertInstanceOf(TransactionOutcome.Pending.class, outcome(transaction));
      assertTrue(price(transaction.nonce()) * 8 >= before * 9, "at least an eighth more");
    }
    assertTrue(price(transaction.nonce()) > first);
    TransactionHash newest =
        new TransactionHash(
            Bytes32.fromHex(transactionWithNonce(transaction.nonce()).get("hash").asText()));
    assertNotEquals(transaction.hash(), newest);
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Included.class, outcome(transaction));
    assertInstanceOf(TransactionOutcome.Included.class, arbiter.outcome(newest));
  }

  @Test
  void outcome_waitsOverARestart_isOfferedForMore() throws Exception {
    Transaction transaction = send(arbiter, SETTLE);
    long before = price(transaction.nonce());
    EthereumArbiter later = chain.connect(1);
    for (int i = 0; i < 2; i++) {
      assertInstanceOf(TransactionOutcome.Pending.class, later.outcome(transaction.hash()));
    }
    assertTrue(price(transaction.nonce()) * 8 >= before * 9, "at least an eighth more");
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Included.class, later.outcome(transaction.hash()));
  }

  private long price(long nonce) throws Exception {
    return Long.decode(transactionWithNonce(nonce).get("maxFeePerGas").asText());
  }

  @Test
  void outcome_waitsAtTheCap_isNotOfferedForMore() throws Exception {
    FeePolicy capped = new FeePolicy(Wei.gwei(1), Wei.gwei(3), FeePolicy.LEAST_BUMP, Duration.ZERO);
    EthereumArbiter account = chain.connect(1, capped);
    Transaction transaction = send(account, SETTLE);
    for (int i = 0; i < 20; i++) {
      assertInstanceOf(TransactionOutcome.Pending.class, account.outcome(transaction.hash()));
    }
    assertTrue(price(transaction.nonce()) <= 3_000_000_000L);
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Included.class, account.outcome(transaction.hash()));
  }

  @Test
  void outcome_dropped_isUnknownAndItsNonceCanBeFreed() throws Exception {
    Transaction transaction = send(arbiter, SETTLE);
    chain.anvil().ask("anvil_dropTransaction", transaction.hash().toString());
    assertInstanceOf(TransactionOutcome.Unknown.class, outcome(transaction));
    arbiter.cancel(transaction.hash(), transaction.nonce());
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Replaced.class, outcome(transaction));
    assertEquals(1, arbiter.sign(SETTLE).nonce());
  }

  @Test
  void outcome_nonceTakenByAnotherProcess_isReplaced() throws Exception {
    Transaction here = arbiter.sign(SETTLE);
    EthereumArbiter twin = chain.connect(1);
    Transaction there = send(twin, WITHDRAW);
    assertEquals(here.nonce(), there.nonce());
    chain.anvil().mine();
    for (int i = 0; i < 3; i++) {
      chain.anvil().mine();
    }
    arbiter.broadcast(here); // too late: nothing happens
    var replaced = assertInstanceOf(TransactionOutcome.Replaced.class, outcome(here));
    assertEquals(there.hash(), replaced.by());
  }

  @Test
  void broadcast_twice_isOnce() throws Exception {
    Transaction transaction = send(arbiter, SETTLE);
    arbiter.broadcast(transaction);
    chain.anvil().mine();
    arbiter.broadcast(transaction);
    assertInstanceOf(TransactionOutcome.Included.class, outcome(transaction));
  }

  @Test
  void outcome_neverSeen_isUnknown() {
    TransactionHash hash = new TransactionHash(new Bytes32(1, 2, 3, 4));
    assertInstanceOf(TransactionOutcome.Unknown.class, arbiter.outcome(hash));
  }

  @Test
  void endpoints_firstIsUnreachable_nextIsAsked() throws Exception {
    Endpoint nobody = Endpoint.http(URI.create("http://127.0.0.1:1"));
    EthereumArbiter account = chain.connect(1, Stub.IMPATIENT, nobody, chain.anvil().endpoint());
    Transaction transaction = send(account, SETTLE);
    chain.anvil().mine();
    assertInstanceOf(TransactionOutcome.Included.class, account.outcome(transaction.hash()));
    assertEquals(1, account.events(account.head().hash()).size());
  }
}
