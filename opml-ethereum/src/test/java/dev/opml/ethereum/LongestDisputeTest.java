package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.Bytes32;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.MoveChooser;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.game.Side;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.merkle.Commitments;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.machine.WitnessStep;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The longest dispute that the standard parameters are made for, in transactions: what it costs.
 * Its commitments are hashes of their places; the executed instruction is one of the bundled model.
 */
class LongestDisputeTest {
  private static final int NODES = 1 << 21;

  private static final long BLOCK_SECONDS = 3600;

  /** Of an interval, the part before the disputed place: no end, and no middle. */
  private static final double PLACE = (Math.sqrt(5) - 1) / 2;

  private static final int LOAD = 0x03;
  private static final int OPCODE = 0x7f;

  private static StepWitness load;

  private final Map<String, Long> gas = new LinkedHashMap<>();
  private TestChain chain;

  /** A load, because that is the dearest instruction that is frequent. */
  @BeforeAll
  static void findLoad() {
    Forge.tool("anvil");
    InferenceRequest request = InferenceRequest.greedy(TokenIds.of(1, 2, 3), 1);
    try (GgufExecutor executor = GgufExecutor.open(RiscVStepTest.MODEL, ExecutorOptions.DEFAULT);
        Trace trace = executor.trace(request, InferenceListener.NONE);
        MachineTrace machine = trace.machine(new NodeIndex(place(trace.length())))) {
      long index = place(machine.instructionCount());
      do {
        load = StepWitness.of(machine.witnessAt(new InstructionIndex(index++)).encoded());
      } while ((load.word() & OPCODE) != LOAD);
    }
  }

  private static long place(long length) {
    return (long) (length * PLACE);
  }

  @AfterEach
  void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4294967296, PROPOSER, 962000",
    "4294967296, CHALLENGER, 1016000",
    "1260000, PROPOSER, 796000",
    "1260000, CHALLENGER, 850000"
  })
  void dispute_ofTwoToThe21Nodes_costsNoMoreThanMeasured(long instructions, Side liar, long most)
      throws Exception {
    SyntheticModel model =
        new SyntheticModel(
            new GraphHeader(GraphMode.ROW_PER_NODE, NODES, 1000, 1100, TokenIds.EMPTY));
    InferenceRequest inference = InferenceRequest.greedy(TokenIds.of(5), 1);
    long instruction = place(instructions);
    Trace truth =
        new SyntheticTrace(
            model,
            inference,
            instructions,
            Optional.of(
                new SyntheticTrace.Step(
                    instruction,
                    load,
                    new WitnessStep().step(load.preState(), Witness.of(load.bytes())))));
    assertEquals(NODES, truth.length());
    Trace lie = new FabricatedTrace(truth, Fabrication.about(place(NODES), instruction));
    ArbiterParameters parameters = parameters(model.registration().programRoot());
    chain = TestChain.start(parameters, "--timestamp", "1700000000");
    // At the same times in each run: a zero byte of one costs less.
    JsonNode _ = chain.anvil().ask("anvil_setBlockTimestampInterval", 12);
    chain.nextBlock(Stage.START);
    boolean proposerLies = liar == Side.PROPOSER;
    play(
        model,
        new Duel(parameters.arity(), proposerLies ? lie : truth, proposerLies ? truth : lie, true),
        proposerLies ? GameStatus.CHALLENGER_WON : GameStatus.PROPOSER_WON);
    long total = gas.values().stream().mapToLong(Long::longValue).sum();
    System.out.printf("%,d instructions, the %s lies: %,d gas%n", instructions, liar, total);
    gas.forEach((name, used) -> System.out.printf("  %s %,d%n", name, used));
    assertTrue(total <= most, total + " gas");
  }

  /** The standard ones; but a block stands for an hour, so that a day takes few of them. */
  private static ArbiterParameters parameters(Bytes32 program) {
    ArbiterParameters it = ArbiterParameters.standard(Set.of(program));
    return new ArbiterParameters(
        it.arity(),
        it.clocks(),
        it.windows(),
        it.money(),
        it.work(),
        BLOCK_SECONDS,
        it.programRoots());
  }

  private void play(SyntheticModel model, Duel duel, GameStatus end) throws Exception {
    EthereumArbiter proposer = chain.connect(Anvil.account(2));
    EthereumArbiter challenger = chain.connect(Anvil.account(3));
    ClaimId claim = claim(model, proposer, duel.proposers());
    send(
        challenger,
        new ArbiterCall.Challenge(
            claim,
            new MoveChooser(duel.arity())
                .challenge(duel.proposers().finalRoot(), duel.challengers())));
    GameId id = GameId.of(chain.spec().identity(), claim, challenger.account());
    for (GameView game = challenger.game(id).orElseThrow();
        game.status() == GameStatus.OPEN;
        game = challenger.game(id).orElseThrow()) {
      send(game.position().toMove() == Side.PROPOSER ? proposer : challenger, duel.next(game));
    }
    assertEquals(end, challenger.game(id).orElseThrow().status());
    if (end == GameStatus.PROPOSER_WON) {
      pass(proposer, Windows.of(chain.spec().parameters()).leastChallenge(NODES) + 1);
      send(proposer, new ArbiterCall.Settle(claim));
      assertEquals(ClaimStatus.FINAL, proposer.claim(claim).orElseThrow().status());
    }
  }

  private ClaimId claim(SyntheticModel model, EthereumArbiter proposer, Trace trace)
      throws Exception {
    ArbiterParameters parameters = chain.spec().parameters();
    EthereumArbiter requester = chain.connect(Anvil.account(1));
    requester.register(model.registration(), new ModelSource(Bytes32.ZERO, ""));
    RequestId request =
        requester.request(
            new RequestTerms(
                model.id(),
                trace.request(),
                Wei.ZERO,
                requester.head().block().time()
                    + 2 * Windows.of(parameters).leastSealing(trace.length()),
                requester.account(),
                FinalityPolicy.least(parameters, trace.length()),
                0));
    Salt salt = new Salt(new Bytes32(1, 2, 3, 4));
    Seal seal =
        Seal.of(
            chain.spec().identity(),
            request,
            proposer.account(),
            Commitments.outputRoot(trace.output()),
            trace.finalRoot(),
            salt);
    ClaimId claim = proposer.seal(request, seal, trace.output());
    pass(proposer, parameters.windows().revealDelay());
    proposer.reveal(claim, new Reveal(trace.finalRoot(), trace.outputPath(), salt));
    return claim;
  }

  private void pass(EthereumArbiter reader, long seconds) throws Exception {
    Block head = reader.head().block();
    long blocks = Math.ceilDiv(seconds, BLOCK_SECONDS);
    chain.nextBlock(new Block(head.number() + blocks, head.time() + seconds));
  }

  private void send(EthereumArbiter sender, ArbiterCall call) throws Exception {
    sender.send(call);
    gas.put("%2d %s".formatted(1 + gas.size(), call.getClass().getSimpleName()), chain.gasUsed());
  }
}
