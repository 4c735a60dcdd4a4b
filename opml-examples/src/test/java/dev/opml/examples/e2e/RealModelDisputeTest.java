package dev.opml.examples.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.Answer;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.examples.demo.Court;
import dev.opml.examples.demo.LocalChain;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import dev.opml.testing.Liar;
import dev.opml.testing.Lie;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.graph.Attention;
import dev.opml.vm.graph.Embed;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Heads;
import dev.opml.vm.graph.Norm;
import dev.opml.vm.graph.Operation;
import dev.opml.vm.graph.Project;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.machine.WitnessStep;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole protocol over a trained model: a lie of every kind, at random places, in both roles,
 * played by the agents before the arbiter. The truth wins each time, by an instruction that the
 * witness-only machine executed. {@code -Dopml.seed=N} repeats what a failure names.
 */
class RealModelDisputeTest {
  private static final String MODEL = "/dev/opml/examples/stories-3.7m.q4_0.gguf";
  private static final int[] ARITIES = {2, 3, 8, 12, 16, 64};
  private static final int MOST_ROUNDS = 200;
  private static final int MOST_DRAWS = 60;

  private static GgufExecutor executor;
  private static Liar liar;
  private static InferenceRequest request;
  private static Trace truth;
  private static StateRoot finalRoot;
  private static int nodesPerToken;

  @BeforeAll
  static void open() throws URISyntaxException {
    Path model = Path.of(RealModelDisputeTest.class.getResource(MODEL).toURI());
    executor = GgufExecutor.open(model, ExecutorOptions.DEFAULT);
    liar = new Liar(executor.image(), ExecutorOptions.DEFAULT);
    request =
        new InferenceRequest(
            executor.tokenizer().encodePrompt("Once upon"),
            2,
            SamplingParameters.GREEDY,
            StopPolicy.NEVER);
    truth = executor.trace(request, InferenceListener.NONE);
    finalRoot = truth.finalRoot();
    nodesPerToken = executor.image().graph().rows().size();
  }

  @AfterAll
  static void close() {
    truth.close();
    liar.close();
    executor.close();
  }

  /** What is lied about; each draws its place. */
  private enum Kind {
    EMBED_BIT,
    NORM_BIT,
    QUERY_BIT,
    KEY_BIT,
    VALUE_BIT,
    ATTENTION_BIT,
    ADDED_BIT,
    GATED_BIT,
    LOGIT_BIT,
    SAMPLED_TOKEN_BIT,
    WRONG_TOKEN,
    WRONG_FINAL_ROOT,
    ENDED_EARLIER,
    ENDED_LATER,
    ENDED_AT_ONCE,
    ENDED_AT_THE_LIMIT,
    ENDLESS,
    WRONG_STATUS,
    WRONG_REGISTER,
    LAST_TOKEN_OF_THE_VOCABULARY,
    TOO_FEW_TOKENS;

    Trace trace(RandomGenerator random) {
      return switch (this) {
        case EMBED_BIT -> flippedBit(Embed.class, embed -> true, random);
        case NORM_BIT -> flippedBit(Norm.class, norm -> true, random);
        case QUERY_BIT -> flippedBit(Heads.class, heads -> !heads.cached(), random);
        case KEY_BIT -> flippedBit(Heads.class, heads -> isKeys(heads), random);
        case VALUE_BIT ->
            flippedBit(Heads.class, heads -> heads.cached() && !isKeys(heads), random);
        case ATTENTION_BIT -> flippedBit(Attention.class, attention -> true, random);
        case ADDED_BIT -> flippedBit(Project.class, row -> row.residual() != 0, random);
        case GATED_BIT -> flippedBit(Project.class, Project::gated, random);
        case LOGIT_BIT ->
            flippedBit(Project.class, row -> !row.gated() && row.residual() == 0, random);
        case SAMPLED_TOKEN_BIT -> flippedBit(Sample.class, sample -> true, random);
        case WRONG_TOKEN -> wrongToken(random);
        case WRONG_FINAL_ROOT ->
            new FabricatedTrace(truth, fabricated(new NodeIndex(truth.length() - 1), random));
        case ENDED_EARLIER -> fabricated(Fabrication.EndState.EARLIER, random);
        case ENDED_LATER -> fabricatedEarly(Fabrication.EndState.LATER, random);
        case ENDED_AT_ONCE -> fabricated(Fabrication.EndState.AT_ONCE, random);
        case ENDED_AT_THE_LIMIT -> fabricatedEarly(Fabrication.EndState.AT_THE_LIMIT, random);
        case ENDLESS -> fabricatedEarly(Fabrication.EndState.ENDLESS, random);
        case WRONG_STATUS -> fabricated(Fabrication.EndState.ANOTHER_STATUS, random);
        case WRONG_REGISTER -> fabricated(Fabrication.EndState.ANOTHER_REGISTER, random);
        case LAST_TOKEN_OF_THE_VOCABULARY ->
            new FabricatedTrace(
                truth,
                fabricated(anyNode(random), random)
                    .claiming(
                        truth
                            .output()
                            .with(0, executor.registration().header().vocabularySize() - 1)));
        case TOO_FEW_TOKENS ->
            new FabricatedTrace(
                truth, fabricated(anyNode(random), random).claiming(truth.output().slice(0, 1)));
      };
    }
  }

  static Stream<Arguments> lies() {
    Random seeds = new Random();
    Long repeated = Long.getLong("opml.seed");
    return Stream.of(Kind.values())
        .flatMap(kind ->
            Stream.of(Side.values())
                .map(liar ->
                    Arguments.of(kind, liar, repeated == null ? seeds.nextLong() : repeated)));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void dispute_anyLieOfEitherPlayer_truthWins(Kind kind, Side liar, long seed) {
    RandomGenerator random = new Random(seed);
    Trace lie = kind.trace(random);
    Arity arity =
        new Arity(ARITIES[random.nextInt(ARITIES.length)], ARITIES[random.nextInt(ARITIES.length)]);
    String where = kind + " by the " + liar + ", arity " + arity + ", -Dopml.seed=" + seed;
    boolean proposerLies = liar == Side.PROPOSER;
    ModelRunner false_ = ModelRunner.ofTraces(truth.modelId(), _ -> lie);
    LocalChain chain =
        new LocalChain(Court.parameters(Optional.of(arity), executor.registration().programRoot()));
    try (Court court =
        new Court(
            chain,
            executor.registration(),
            proposerLies ? false_ : honest(),
            proposerLies ? honest() : false_,
            verdict -> assertTrue(!verdict.holds(), where))) {
      List<GameEvent> events = play(court, where);
      assertTruthWon(events, liar, where);
      MoneyRules money = court.money();
      Wei bond = proposerLies ? money.leastBond(truth.length()) : money.challengerBond();
      assertEquals(
          bond.amount().negate(),
          (proposerLies ? court.proposersGain() : court.challengersGain()).wei(),
          where);
      assertTrue(chain.arbiter().totals().conserved(), where);
    }
  }

  /** Answers and checks claims by running the model; its traces are the one that was recorded. */
  private static ModelRunner honest() {
    ModelRunner runner = ModelRunner.of(executor);
    return new ModelRunner() {
      @Override
      public dev.opml.api.ModelId model() {
        return runner.model();
      }

      @Override
      public Answer answer(InferenceRequest asked) {
        return runner.answer(asked);
      }

      @Override
      public dev.opml.api.inference.Verification verify(dev.opml.api.inference.Claim claim) {
        return runner.verify(claim);
      }

      @Override
      public Trace trace(InferenceRequest asked) {
        assertEquals(request, asked);
        return truth;
      }
    };
  }

  private static List<GameEvent> play(Court court, String where) {
    List<GameEvent> events = new ArrayList<>();
    court.watch(event -> {
      if (event instanceof GameEvent move) {
        events.add(move);
      }
    });
    court.ask(truth.modelId(), request);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (!events.isEmpty() && events.getLast() instanceof GameEvent.Ended) {
        return events;
      }
      court.round(12);
    }
    throw new AssertionError("no end: " + where + ", " + events.size() + " events");
  }

  private static void assertTruthWon(List<GameEvent> events, Side liar, String where) {
    GameEvent.Ended ended = (GameEvent.Ended) events.getLast();
    assertEquals(GameEndReason.INSTRUCTION_EXECUTED, ended.reason(), where);
    assertEquals(liar.other(), ended.winner().orElseThrow(), where);
    var executed = (GameEvent.InstructionExecuted) events.get(events.size() - 2);
    Position last = executed.position();
    try (MachineTrace machine = truth.machine(last.node())) {
      InstructionIndex instruction = new InstructionIndex(last.low());
      MachineStateHash stepped =
          new WitnessStep()
              .step(new MachineStateHash(last.agreed()), machine.witnessAt(instruction));
      assertEquals(stepped, executed.result(), where);
      assertEquals(
          machine.hashesAt(List.of(new InstructionIndex(last.low() + 1))).getFirst(),
          executed.result(),
          where);
    }
    // Who has not opened a machine of one instruction has said nothing about its end.
    Optional<Bytes32> result = Optional.of(executed.result().value());
    assertEquals(result, last.end(liar.other()).or(() -> result), where);
    assertNotEquals(result, last.end(liar), where);
  }

  /** Draws until a lie is not overwritten or rounded away before the end. */
  private static Trace withConsequences(Supplier<Lie> draw) {
    for (int i = 0; i < MOST_DRAWS; i++) {
      Lie lie = draw.get();
      Trace lying = liar.trace(request, lie, InferenceListener.NONE);
      if (!lying.rootAt(truth.end()).equals(finalRoot)) {
        return lying;
      }
    }
    throw new AssertionError("no lie of " + MOST_DRAWS + " changes the final root");
  }

  private static <T extends Operation> Trace flippedBit(
      Class<T> type, Predicate<T> which, RandomGenerator random) {
    return withConsequences(() -> liar.flippedBit(request, nodeOf(type, which, random), random));
  }

  /** Whether heads go where attention reads keys. */
  private static boolean isKeys(Heads heads) {
    return executor.image().graph().rows().stream()
        .anyMatch(row ->
            row.operation() instanceof Attention attention && attention.keys() == heads.out());
  }

  private static Trace wrongToken(RandomGenerator random) {
    int index = random.nextInt(truth.output().size());
    int right = truth.output().get(index);
    int vocabulary = executor.registration().header().vocabularySize();
    int wrong = (right + 1 + random.nextInt(vocabulary - 1)) % vocabulary;
    Trace lying =
        liar.trace(request, liar.wrongToken(request, index, right, wrong), InferenceListener.NONE);
    assertEquals(wrong, lying.output().get(index));
    return lying;
  }

  /** A node that is not the identity. */
  private static <T extends Operation> NodeIndex nodeOf(
      Class<T> type, Predicate<T> which, RandomGenerator random) {
    NodeIndex firstSampled = NodeIndex.of(request.firstSampledPosition(), 0, nodesPerToken);
    long[] nodes =
        LongStream.range(0, truth.length())
            .filter(n -> type.isInstance(row(n).operation()))
            .filter(n -> which.test(type.cast(row(n).operation())))
            .filter(n -> !row(n).sampled() || n >= firstSampled.value())
            .toArray();
    return new NodeIndex(nodes[random.nextInt(nodes.length)]);
  }

  private static GraphRow row(long node) {
    return executor.image().graph().rows().get(new NodeIndex(node).row(nodesPerToken));
  }

  private static NodeIndex anyNode(RandomGenerator random) {
    return new NodeIndex(random.nextLong(truth.length()));
  }

  private static Trace fabricated(Fabrication.EndState state, RandomGenerator random) {
    return new FabricatedTrace(truth, fabricated(anyNode(random), random).with(state));
  }

  /**
   * A lie about a node that is said to run longer: it begins before the true end, or its teller
   * would have nothing to say against that.
   */
  private static Trace fabricatedEarly(Fabrication.EndState state, RandomGenerator random) {
    return new FabricatedTrace(
        truth, Fabrication.about(anyNode(random).value(), random.nextInt(20)).with(state));
  }

  /** A made-up root after a node, from a random instruction on: before its end or long after. */
  private static Fabrication fabricated(NodeIndex node, RandomGenerator random) {
    long instruction = random.nextInt(4) == 0 ? random.nextLong(1L << 32) : random.nextInt(2000);
    return Fabrication.about(node.value(), instruction);
  }
}
