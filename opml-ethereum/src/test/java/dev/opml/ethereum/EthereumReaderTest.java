package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.game.Phase;
import dev.opml.ethereum.abi.CallFacts;
import dev.opml.ethereum.abi.EventLogs;
import dev.opml.ethereum.abi.Samples;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.FakeNode;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.SiblingPaths;
import dev.opml.merkle.ZeroSubtrees;
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
    return new EthereumReader(spec, blocks, new Heads(blocks), new RegisteredFacts(spec, blocks));
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

  /** A request for one answer to four bytes, and the registration of its model. */
  private static List<ArbiterEvent> requestOfFourBytes() {
    Samples samples = new Samples(3);
    ByteVector prompt = ByteVector.of(new byte[] {1, 2, 3, 4});
    GraphHeader header = Samples.headerFor(prompt);
    SiblingPath path = SiblingPath.of(new byte[Long.BYTES]);
    Bytes32 zero = ZeroSubtrees.root(MemoryRegion.INPUT.height());
    ImageRoot image = new ImageRoot(SiblingPaths.fold(path, MemoryRegion.INPUT, zero));
    ModelView model = new ModelView(Commitments.modelId(image, header), image, header, path);
    var inference = InferenceRequest.classify(prompt);
    return List.of(
        new ArbiterEvent.ModelRegistered(
            model, samples.address(), new ModelSource(samples.word(), "")),
        new ArbiterEvent.RequestMade(
            new RequestId(samples.word()),
            samples.address(),
            samples.terms(model.id(), inference),
            Commitments.inputRoot(inference),
            new StateRoot(samples.word()),
            1));
  }

  @Test
  void events_requestOfFourBytes_isNotTakenForAToken() {
    List<ArbiterEvent> events = requestOfFourBytes();
    String registered = log(events.getFirst(), 5, FakeNode.hash(5), 0);
    fake.answers("eth_getLogs", logs(registered, log(events.getLast(), 5, FakeNode.hash(5), 1)));
    List<LoggedEvent> read = reader(fake).events(FIVE);
    assertEquals(events, read.stream().map(LoggedEvent::event).toList());
    assertEquals(1, fake.asked("eth_getLogs"), "the registration was just read");
  }

  @Test
  void events_modelWasRegisteredBefore_isLookedFor() {
    List<ArbiterEvent> events = requestOfFourBytes();
    fake.answers("eth_getBlockByNumber", FakeNode.block(5))
        .answers(
            "eth_getLogs",
            logs(log(events.getLast(), 5, FakeNode.hash(5), 1)),
            logs(log(events.getFirst(), 4, FakeNode.hash(4), 0)));
    assertEquals(events.getLast(), reader(fake).events(FIVE).getFirst().event());
  }

  @Test
  void events_requestToAModelThatTheEndpointHides_areRefused() {
    ArbiterEvent request = requestOfFourBytes().getLast();
    fake.answers("eth_getBlockByNumber", FakeNode.block(5))
        .answers("eth_getLogs", logs(log(request, 5, FakeNode.hash(5), 1)), "[]");
    assertThrows(EthereumRpcException.class, () -> reader(fake).events(FIVE));
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

  /** A node with a head that knows the blocks of the chain up to it. */
  private static FakeNode at(long head) {
    return new FakeNode()
        .answers("eth_getBlockByNumber", FakeNode.block(head))
        .computes(
            "eth_getBlockByHash",
            parameters -> {
              String hash = parameters.getFirst().toString();
              for (long number = 0; number <= head; number++) {
                if (hash.equals(FakeNode.hash(number))) {
                  return FakeNode.block(number);
                }
              }
              return "null";
            });
  }

  /** A node whose head nobody else has heard of. */
  private static FakeNode liar(long head) {
    String lie = FakeNode.block(head, FakeNode.hash(77_000 + head));
    return new FakeNode().answers("eth_getBlockByNumber", lie).answers("eth_getBlockByHash", lie);
  }

  private long head(FakeNode... nodes) {
    return reader(nodes).head(Finality.LATEST).number();
  }

  @Test
  void head_oneOfTwoStandsStill_isThatOfTheOther() {
    assertEquals(100, head(at(50), at(100)));
    assertEquals(100, head(at(100), at(50)));
  }

  @Test
  void head_oneLagsALittle_isWhatItKnowsToo() {
    assertEquals(97, head(at(100), at(97)));
    assertEquals(97, head(at(100), at(97), at(99)));
  }

  @Test
  void head_oneOfThreeLies_isNotItsOwn() {
    for (long lie : new long[] {1, 98, 99, 100, 101, 1_000_000}) {
      assertEquals(99, head(liar(lie), at(100), at(99)), "lie " + lie);
      assertEquals(99, head(at(99), at(100), liar(lie)), "lie " + lie);
    }
  }

  @Test
  void head_oneOfThreeHangs_isThatOfTheOthers() {
    assertEquals(99, head(new FakeNode().hangs("eth_getBlockByNumber"), at(100), at(99)));
  }

  @Test
  void head_onlyOneOfThreeAnswers_isUnknown() {
    FakeNode broken = new FakeNode().refuses("eth_getBlockByNumber", "internal error");
    assertThrows(UnknownBlockException.class, () -> head(broken, at(100), broken));
  }

  @Test
  void head_finalizedByOneOnly_isTheOlder() {
    FakeNode behind =
        new FakeNode().answers("eth_getBlockByNumber", FakeNode.block(5), FakeNode.block(5));
    FakeNode ahead =
        new FakeNode()
            .computes(
                "eth_getBlockByNumber",
                it ->
                    FakeNode.block(
                        it.getFirst().equals("finalized")
                            ? 9
                            : Long.decode(it.getFirst().toString())));
    assertEquals(5, reader(ahead, behind, behind).head(Finality.FINALIZED).number());
  }

  /** Of three, one lies about what a block has. */
  @Test
  void events_oneOfThreeHidesOrInvents_areThoseOfTheOthers() {
    String truth = logs(burnt(5, 1));
    for (String lie : List.of("[]", logs(burnt(5, 1), burnt(5, 2)), logs(burnt(5, 9)))) {
      FakeNode[] nodes = new FakeNode[3];
      for (int liar = 0; liar < nodes.length; liar++) {
        for (int i = 0; i < nodes.length; i++) {
          nodes[i] =
              new FakeNode()
                  .answers("eth_getBlockByHash", FakeNode.block(5))
                  .answers("eth_getLogs", i == liar ? lie : truth);
        }
        List<LoggedEvent> events = reader(nodes).events(FIVE);
        assertEquals(
            List.of(new ArbiterEvent.ClaimExpired(CLAIM, Wei.of(1))),
            events.stream().map(LoggedEvent::event).toList());
      }
    }
  }

  @Test
  void events_threeContradictEachOther_areRefusedByName() {
    FakeNode[] nodes = new FakeNode[3];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] =
          new FakeNode()
              .answers("eth_getBlockByHash", FakeNode.block(5))
              .answers("eth_getLogs", logs(burnt(5, i)));
    }
    EthereumRpcException e =
        assertThrows(EthereumRpcException.class, () -> reader(nodes).events(FIVE));
    assertEquals("[fake], [fake], [fake]", e.endpoint());
  }

  /** With headers that are not checked, what one says of a block must not stay. */
  @Test
  void events_liarNamesAnotherTime_isForgotten() {
    FakeNode liar =
        new FakeNode()
            .answers(
                "eth_getBlockByHash",
                FakeNode.block(5).replaceAll("\"timestamp.*?,", "\"timestamp\":\"0x1\","))
            .answers("eth_getLogs", logs(burnt(5, 1)));
    FakeNode[] honest = {new FakeNode(), new FakeNode()};
    for (FakeNode node : honest) {
      node.answers("eth_getBlockByHash", FakeNode.block(5))
          .answers("eth_getLogs", logs(burnt(5, 1)));
    }
    EthereumReader reader = reader(liar, honest[0], honest[1]);
    assertEquals(1060, reader.events(FIVE).getFirst().block().time());
    assertEquals(1060, reader.events(FIVE).getFirst().block().time());
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
  void facts_firstEndpointHidesThem_areFoundByAnother() {
    Samples samples = new Samples(2);
    Address challenger = samples.address();
    GameId game = GameId.of(IDENTITY, CLAIM, challenger);
    var challenged =
        new GameEvent.Challenged(
            game, CLAIM, challenger, samples.positionOf(game, Phase.NODES, List.of()));
    FakeNode hides = at(5).answers("eth_getLogs", "[]");
    FakeNode tells = at(5).answers("eth_getLogs", logs(log(challenged, 5, FakeNode.hash(5), 0)));
    RegisteredFacts facts =
        new RegisteredFacts(spec, new Failover<>(List.of(hides.blocks(), tells.blocks())));
    assertEquals(new CallFacts.Match(CLAIM, challenger), facts.match(game));
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
