package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.game.Phase;
import dev.opml.ethereum.abi.CallFacts;
import dev.opml.ethereum.abi.EventLogs;
import dev.opml.ethereum.abi.Samples;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.FakeNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A reader of endpoints that lag, contradict themselves and lie. */
class EthereumReaderTest {
  private static final ArbiterIdentity IDENTITY =
      new ArbiterIdentity(FakeNode.CHAIN_ID, Address.fromHex("aa".repeat(20)));
  private static final ClaimId CLAIM = new ClaimId(new Bytes32(1, 2, 3, 4));
  private static final BlockHash FIVE = new BlockHash(Bytes32.fromHex(FakeNode.hash(5)));

  private final FakeNode fake = new FakeNode().answers("eth_getBlockByHash", FakeNode.block(5));
  private final DeploymentSpec spec =
      new DeploymentSpec(
          IDENTITY, ArbiterParameters.standard(Set.of(Bytes32.ZERO)), Optional.empty(), 3);

  private EthereumReader reader(FakeNode... nodes) {
    var blocks = new Failover<>(Arrays.stream(nodes).map(FakeNode::blocks).toList());
    return new EthereumReader(spec, blocks, new RegisteredFacts(spec, blocks));
  }

  private static String log(ArbiterEvent event, long number, String hash, long index) {
    EventLogs log = EventLogs.of(event);
    String topics =
        log.allTopics().stream()
            .map(it -> "\"" + it + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    String data = "0x" + HexFormat.of().formatHex(log.data().encode());
    return FakeNode.log(number, hash, index, topics, data);
  }

  private static String burnt(long number, long index) {
    ArbiterEvent event = new ArbiterEvent.ClaimExpired(CLAIM, Wei.of(index));
    return log(event, number, FakeNode.hash(number), index);
  }

  private static String logs(String... logs) {
    return String.join(",", logs).transform(it -> "[" + it + "]");
  }

  private void assertRefuses(String logs) {
    fake.answers("eth_getLogs", logs);
    assertThrows(EthereumRpcException.class, () -> reader(fake).events(FIVE));
  }

  @Test
  void events_ofABlock_areCountedFromZero() {
    fake.answers("eth_getLogs", logs(burnt(5, 17), burnt(5, 19), burnt(5, 20)));
    List<LoggedEvent> events = reader(fake).events(FIVE);
    assertEquals(List.of(0, 1, 2), events.stream().map(LoggedEvent::index).toList());
    assertEquals(1060, events.getFirst().block().time());
  }

  @Test
  void events_outOfPlace_areRefused() {
    assertRefuses(logs(burnt(5, 2), burnt(5, 1)));
    assertRefuses(logs(burnt(5, 1), burnt(5, 1)));
    assertRefuses(logs(burnt(6, 1)));
    assertRefuses(logs(log(new ArbiterEvent.ClaimFinal(CLAIM), 6, FakeNode.hash(5), 0)));
    assertRefuses(logs(burnt(5, 1).replace("aa".repeat(20), "bb".repeat(20))));
  }

  @Test
  void events_thatNoContractEmits_areRefused() {
    String topic = "\"" + new Bytes32(1, 1, 1, 1) + "\"";
    assertRefuses(logs(FakeNode.log(5, FakeNode.hash(5), 0, "[" + topic + "]", "0x")));
    assertRefuses(logs(FakeNode.log(5, FakeNode.hash(5), 0, "[]", "0x")));
  }

  @Test
  void events_endpointLies_nextIsAsked() {
    FakeNode liar = new FakeNode().answers("eth_getBlockByHash", FakeNode.block(5));
    liar.answers("eth_getLogs", logs(burnt(6, 1)));
    fake.answers("eth_getLogs", logs(burnt(5, 1)));
    assertEquals(1, reader(liar, fake).events(FIVE).size());
  }

  @Test
  void events_emptyOfAnUnknownBlock_areUnknown() {
    fake.answers("eth_getBlockByHash", "null").answers("eth_getLogs", "[]");
    assertThrows(UnknownBlockException.class, () -> reader(fake).events(FIVE));
  }

  @Test
  void events_onlyOneEndpointKnowsTheBlock_areItsAnswer() {
    FakeNode behind = new FakeNode().answers("eth_getBlockByHash", "null");
    fake.answers("eth_getLogs", logs(burnt(5, 1)));
    assertEquals(1, reader(behind, fake).events(FIVE).size());
  }

  @Test
  void finalEvents_lastBlockIsAnother_isUnknown() {
    fake.answers("eth_getBlockByNumber", FakeNode.block(5, FakeNode.hash(99)));
    var to = fake.blocks().header(FIVE);
    assertThrows(UnknownBlockException.class, () -> reader(fake).finalEvents(0, to));
  }

  @Test
  void finalEvents_beforeTheDeployment_areNoneWithoutAQuestion() {
    fake.answers("eth_getBlockByHash", FakeNode.block(2));
    var to = fake.blocks().header(new BlockHash(Bytes32.fromHex(FakeNode.hash(2))));
    assertEquals(List.of(), reader(fake).finalEvents(0, to));
    assertEquals(0, fake.asked("eth_getLogs"));
  }

  @Test
  void head_endpointLags_othersAreAsked() {
    FakeNode first = new FakeNode();
    first.answers("eth_getBlockByNumber", FakeNode.block(9), FakeNode.block(7));
    fake.answers("eth_getBlockByNumber", FakeNode.block(8));
    EthereumReader reader = reader(first, fake);
    assertEquals(9, reader.head(Finality.LATEST).number());
    assertEquals(8, reader.head(Finality.LATEST).number());
  }

  @Test
  void head_firstFails_secondAnswers() {
    FakeNode broken = new FakeNode().refuses("eth_getBlockByNumber", "internal error");
    fake.answers("eth_getBlockByNumber", FakeNode.block(8));
    assertEquals(8, reader(broken, fake).head(Finality.FINALIZED).number());
  }

  @Test
  void funds_amountThatIsNone_isRefused() {
    fake.answers("eth_getBalance", "\"0x5\"").answers("eth_call", "\"0x\"");
    assertThrows(EthereumRpcException.class, () -> reader(fake).funds(IDENTITY.arbiter(), FIVE));
    fake.answers("eth_call", "\"" + new Bytes32(0, 0, 0, 6) + "\"");
    assertEquals(Wei.of(6), reader(fake).funds(IDENTITY.arbiter(), FIVE).credit());
    fake.answers("eth_getBalance", "\"0x1" + "0".repeat(64) + "\"");
    assertThrows(EthereumRpcException.class, () -> reader(fake).funds(IDENTITY.arbiter(), FIVE));
  }

  @Test
  void facts_gameOfAnotherClaim_isNotBelieved() {
    Samples samples = new Samples(1);
    Address challenger = samples.address();
    GameId game = GameId.of(IDENTITY, CLAIM, challenger);
    fake.answers("eth_getBlockByNumber", FakeNode.block(5));
    RegisteredFacts facts = new RegisteredFacts(spec, new Failover<>(List.of(fake.blocks())));
    for (ClaimId claim : List.of(new ClaimId(samples.word()), CLAIM)) {
      var challenged =
          new GameEvent.Challenged(
              game, claim, challenger, samples.positionOf(game, Phase.NODES, List.of()));
      fake.answers("eth_getLogs", logs(log(challenged, 5, FakeNode.hash(5), 0)));
      if (claim.equals(CLAIM)) {
        assertEquals(new CallFacts.Match(CLAIM, challenger), facts.match(game));
      } else {
        assertThrows(ArbiterRefusedException.class, () -> facts.match(game));
      }
    }
    long asked = fake.asked("eth_getLogs");
    facts.match(game);
    assertEquals(asked, fake.asked("eth_getLogs"));
  }

  @Test
  void facts_unknown_areRefusals() {
    fake.answers("eth_getBlockByNumber", FakeNode.block(5)).answers("eth_getLogs", "[]");
    RegisteredFacts facts = new RegisteredFacts(spec, new Failover<>(List.of(fake.blocks())));
    var e =
        assertThrows(ArbiterRefusedException.class, () -> facts.model(new ModelId(Bytes32.ZERO)));
    assertEquals(Refusal.UNKNOWN_MODEL, e.reason());
  }
}
