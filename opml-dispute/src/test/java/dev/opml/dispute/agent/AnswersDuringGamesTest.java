package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.game.ClockRules;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyModel;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.dispute.toy.VirtualTime;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One machine for answers and traces, in virtual time. */
class AnswersDuringGamesTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));
  private static final Fabrication LIE = Fabrication.about(345, 678);

  /** Nodes of a request that takes 200 s. */
  private static final int NODES = 2_000_000;

  private static final long RUN_SECONDS = 200;

  /** With two more in the making, they take 3,400 s of the 3,458 that a clock leaves. */
  private static final int CLAIMS = 13;

  private final Arena arena = arena();

  private final VirtualTime time = new VirtualTime(arena.blocks);
  private final VirtualTime.Cores core = time.new Cores(1);
  private final List<Throwable> failures = new ArrayList<>();
  private final Map<ClaimId, Trace> rivals = new LinkedHashMap<>();
  private final Map<GameId, Trace> lies = new LinkedHashMap<>();
  private int runs;

  private final ModelRunner runner =
      new ModelRunner() {
        @Override
        public ModelId model() {
          return arena.model.id();
        }

        @Override
        public Answer answer(InferenceRequest request) {
          runs++;
          return Answer.of(trace(request));
        }

        @Override
        public Verification verify(Claim claim) {
          throw new AssertionError("a proposer checks nothing");
        }

        @Override
        public Trace trace(InferenceRequest request) {
          core.compute(RUN_SECONDS);
          return new ToyTrace(arena.model, request);
        }
      };

  /** Clocks without time for the off-chain machine, which takes none here. */
  private static Arena arena() {
    ToyModel model = new ToyModel(GraphMode.ROW_PER_NODE, NODES, 42);
    InferenceRequest inference = InferenceRequest.greedy(TokenIds.of(5), 1);
    ArbiterParameters usual = new Arena(8, model, inference).parameters;
    return new Arena(
        model,
        inference,
        new ArbiterParameters(
            usual.arity(),
            new ClockRules(3598, 0, 60),
            usual.windows(),
            usual.money(),
            usual.work(),
            usual.blockSeconds(),
            usual.programRoots()));
  }

  private Proposer proposer() {
    return new Proposer(
        new AgentContext(
            arena.as(Arena.PROPOSER),
            arena.as(Arena.PROPOSER).deployment(),
            List.of(runner),
            new MemoryJournal(),
            new AgentListener() {
              @Override
              public void onFailure(Object what, Throwable failure) {
                failures.add(failure);
              }

              @Override
              public void onDeclined(Object what, Decline why) {}
            },
            time,
            10),
        ProposerPolicy.UNANSWERED,
        SECRET);
  }

  private void round(Proposer proposer) {
    time.advance(12);
    proposer.poll();
    time.settle();
  }

  private static InferenceRequest inference(int number) {
    return InferenceRequest.greedy(TokenIds.of(10 + number), 1);
  }

  private RequestId request(int number) {
    return arena
        .as(Arena.REQUESTER)
        .request(
            new RequestTerms(
                arena.model.id(),
                inference(number),
                Wei.ZERO,
                arena.blocks.head().time() + 12_000,
                Arena.REQUESTER,
                FinalityPolicy.least(arena.parameters, NODES),
                100 + number));
  }

  private List<ClaimView> claims() {
    return arena.events().stream()
        .map(logged -> logged.event())
        .filter(ArbiterEvent.ClaimSealed.class::isInstance)
        .map(event -> arena.claim(((ArbiterEvent.ClaimSealed) event).claim()))
        .filter(claim -> claim.proposer().equals(Arena.PROPOSER))
        .toList();
  }

  /** Who is answered first gets a run for nothing: it never becomes a claim. */
  @Test
  void proposer_requestsThatOthersAnswerDuringItsGames_losesNoClaim() {
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(10_000));
    arena.arbiter.fund(Arena.CHALLENGER, Wei.ether(10_000));
    arena.arbiter.fund(Arena.STRANGER, Wei.ether(10_000));
    Proposer proposer = proposer();
    for (int i = 1; i < CLAIMS; i++) {
      request(i);
    }
    for (int i = 0; i < 300 && !areRevealed(); i++) {
      round(proposer);
    }
    assertEquals(CLAIMS, claims().size());
    for (ClaimView claim : claims()) {
      InferenceRequest inference =
          arena.as(Arena.STRANGER).request(claim.request()).orElseThrow().terms().inference();
      Trace lie = new FabricatedTrace(new ToyTrace(arena.model, inference), LIE);
      lies.put(arena.challenge(Arena.CHALLENGER, claim.id(), lie), lie);
    }
    int before = runs;
    for (int i = 0; i < 600; i++) {
      if (i % 8 == 0) {
        answer(CLAIMS + i / 8);
      }
      round(proposer);
      lies.forEach(this::play);
      rivals.forEach(this::reveal);
    }
    lies.keySet().forEach(id -> assertEquals(GameStatus.PROPOSER_WON, arena.game(id).status()));
    assertTrue(runs > before, "answers nothing after its games");
    assertEquals(List.of(), failures);
  }

  private boolean areRevealed() {
    return claims().size() == CLAIMS
        && claims().stream().allMatch(claim -> claim.status() == ClaimStatus.REVEALED);
  }

  /** Asks for nothing, and answers it. */
  private void answer(int number) {
    RequestId id = request(number);
    Trace truth = new ToyTrace(arena.model, inference(number));
    rivals.put(
        arena
            .as(Arena.STRANGER)
            .seal(id, Arena.seal(Arena.STRANGER, id, truth, Arena.SALT), truth.output()),
        truth);
  }

  private void reveal(ClaimId id, Trace truth) {
    if (arena.claim(id).canReveal(arena.blocks.head())) {
      arena.as(Arena.STRANGER).reveal(id, Arena.reveal(truth, Arena.SALT));
    }
  }

  private void play(GameId id, Trace lie) {
    GameView game = arena.game(id);
    if (game.status() == GameStatus.OPEN) {
      boolean expired =
          game.position().word().expired(arena.blocks.head(), arena.parameters.blockSeconds());
      if (game.position().toMove() == Side.CHALLENGER && !expired) {
        arena.choose(game, lie).ifPresent(move -> arena.send(Arena.CHALLENGER, game, move));
      } else if (game.position().toMove() == Side.PROPOSER && expired) {
        arena.timeOut(id);
      }
    }
  }
}
