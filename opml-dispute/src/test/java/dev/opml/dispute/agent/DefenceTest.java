package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyModel;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** All of a proposer's claims, challenged at once. */
class DefenceTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));
  private static final Fabrication LIE = Fabrication.about(345, 678);

  /** Nodes of a request that takes 500 s, on a clock of 6,598 s. */
  private static final int NODES = 5_000_000;

  private final Arena arena =
      new Arena(
          8,
          new ToyModel(GraphMode.ROW_PER_NODE, NODES, 42),
          InferenceRequest.greedy(TokenIds.of(5), 1));

  private final ModelId model = arena.model.id();

  private final Heard heard = new Heard();

  /** An honest runner whose traces take time on the chain. */
  private ModelRunner slow(Runnable meanwhile) {
    return new ModelRunner() {
      @Override
      public ModelId model() {
        return arena.model.id();
      }

      @Override
      public Answer answer(InferenceRequest request) {
        return Answer.of(new ToyTrace(arena.model, request));
      }

      @Override
      public Verification verify(Claim claim) {
        throw new AssertionError("a proposer checks nothing");
      }

      @Override
      public Trace trace(InferenceRequest request) {
        long seconds = arena.parameters.work().seconds(request.traceLength(arena.model.header()));
        for (long passed = 0; passed < seconds; passed += 20) {
          arena.blocks.advance(20);
          meanwhile.run();
        }
        return new ToyTrace(arena.model, request);
      }
    };
  }

  private AgentContext context(Address account, ModelRunner runner) {
    return new AgentContext(
        arena.as(account),
        arena.as(account).deployment(),
        List.of(runner),
        new MemoryJournal(),
        heard,
        Runnable::run,
        10);
  }

  private void request(int number, int tokens) {
    InferenceRequest inference = InferenceRequest.greedy(TokenIds.of(10 + number), tokens);
    long length = inference.traceLength(arena.model.header());
    arena
        .as(Arena.REQUESTER)
        .request(
            new RequestTerms(
                arena.model.id(),
                inference,
                Wei.ZERO,
                arena.blocks.head().time() + 12_000,
                Arena.REQUESTER,
                FinalityPolicy.least(arena.parameters, length),
                100 + number));
  }

  private List<ClaimId> claims() {
    List<ClaimId> claims = new ArrayList<>();
    arena.events().stream()
        .map(logged -> logged.event())
        .filter(ArbiterEvent.ClaimSealed.class::isInstance)
        .map(event -> ((ArbiterEvent.ClaimSealed) event).claim())
        .forEach(claims::add);
    return claims;
  }

  /** Sixteen claims of 500 s each were more than one clock suffices for, and four were lost. */
  @Test
  void proposer_longClaimsChallengedAtOnce_losesNone() {
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(900));
    arena.arbiter.fund(Arena.CHALLENGER, Wei.ether(900));
    for (int i = 1; i < 16; i++) {
      request(i, 1);
    }
    List<Challenger> liars = new ArrayList<>();
    Proposer proposer =
        new Proposer(
            context(Arena.PROPOSER, slow(() -> liars.forEach(Challenger::poll))),
            ProposerPolicy.ALL,
            SECRET);
    for (int i = 0; i < 20; i++) {
      proposer.poll();
      arena.blocks.advance(12);
    }
    List<ClaimId> claims = claims();
    claims.forEach(id -> assertEquals(ClaimStatus.REVEALED, arena.claim(id).status()));
    assertEquals(6, claims.size());
    assertTrue(
        heard.declined.stream().anyMatch(it -> it.startsWith("WORK ")), heard.declined::toString);
    liars.add(
        new Challenger(
            context(
                Arena.CHALLENGER,
                ModelRunner.ofTraces(
                    arena.model.id(),
                    request -> new FabricatedTrace(new ToyTrace(arena.model, request), LIE)))));
    for (int i = 0; i < 8; i++) {
      liars.getFirst().poll();
    }
    for (int i = 0; i < 100; i++) {
      proposer.poll();
      liars.getFirst().poll();
      arena.blocks.advance(12);
    }
    for (ClaimId id : claims) {
      GameId game = arena.claim(id).games().getFirst();
      assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
    }
    assertEquals(List.of(), heard.failures);
  }

  private Defence defence(int atOnce, Map<ModelId, Speed> speeds) {
    return defence(new TraceLimits(atOnce, 0, 64, 1L << 40), speeds);
  }

  private Defence defence(TraceLimits limits, Map<ModelId, Speed> speeds) {
    return new Defence(arena.parameters, new Effort(arena.parameters.work(), speeds), limits);
  }

  @Test
  void allowsAnswer_oneAfterTheOther_asManyAsOneClockLeavesTimeFor() {
    Defence defence = defence(1, Map.of());
    for (int i = 0; i < 5; i++) {
      assertTrue(defence.allowsAnswer(model, NODES));
      defence.addClaim(model, NODES);
    }
    assertTrue(defence.allowsAnswer(model, NODES), "3,500 s of 3,938");
    defence.addAnswer(model, NODES);
    assertFalse(defence.allowsAnswer(model, NODES), "4,500 s");
    assertFalse(defence.allowsAnswer(model, 4_300_000), "4,360 s");
  }

  /** A short claim has a clock of its own, which must not run out while a long trace is made. */
  @Test
  void allowsAnswer_longBesideAShortOne_fitsTheShortOnesClock() {
    long longest = 25_000_000;
    Defence defence = defence(1, Map.of());
    assertTrue(defence.allowsAnswer(model, longest), "alone it has the time of two runs");
    defence.addClaim(model, 1000);
    assertFalse(defence.allowsAnswer(model, longest));
    assertTrue(defence.allowsAnswer(model, NODES));
  }

  /** Two at once: one of them may begin only when the longest has begun. */
  @Test
  void allowsAnswer_tracesAtOnce_shareTheWork() {
    Defence defence = defence(2, Map.of());
    int claims = 0;
    while (defence.allowsAnswer(model, NODES)) {
      defence.addClaim(model, NODES);
      claims++;
    }
    assertEquals(13, claims, "6,500 s, a run and a half of 500 s, of 2 · 3,938");
  }

  /** Twice as slow as the deployment allows: half as many. */
  @Test
  void allowsAnswer_machineThatIsSlow_countsItsTime() {
    Defence defence = defence(1, Map.of(model, new Speed(100_000, 200_000)));
    for (int i = 0; i < 2; i++) {
      assertTrue(defence.allowsAnswer(model, NODES));
      defence.addClaim(model, NODES);
    }
    assertTrue(defence.allowsAnswer(model, NODES), "2,000 s, and 1,500 s for the answer");
    defence.addClaim(model, NODES);
    assertFalse(defence.allowsAnswer(model, NODES), "4,500 s");
    assertTrue(defence.allowsAlone(model, NODES));
    assertFalse(defence(1, Map.of(model, new Speed(1, 800_000))).allowsAlone(model, NODES));
  }

  /** A trace that is not kept is made again for each move, and no clock leaves time for that. */
  @Test
  void allowsAnswer_moreThanCanBeKept_isRefusedUnlessItIsAlone() {
    long bytes = TraceLimits.bytes(1000);
    Defence few = defence(new TraceLimits(1, 0, 2, 1L << 40), Map.of());
    Defence small = defence(new TraceLimits(1, 0, 64, 2 * bytes), Map.of());
    for (Defence defence : List.of(few, small)) {
      assertTrue(defence.allowsAlone(model, NODES));
      defence.addClaim(model, 1000);
      assertTrue(defence.allowsAnswer(model, 1000));
      defence.addAnswer(model, 1000);
      assertFalse(defence.allowsAnswer(model, 1000));
    }
  }

  /** Sums of what it takes must not overflow. */
  @Test
  void allowsAlone_machineThatNeverEnds_isRefused() {
    for (int atOnce : List.of(1, 2, Integer.MAX_VALUE)) {
      for (Speed speed :
          List.of(
              new Speed(1, Double.POSITIVE_INFINITY),
              new Speed(Double.POSITIVE_INFINITY, 1e300),
              new Speed(1e300, 1e300))) {
        assertFalse(defence(atOnce, Map.of(model, speed)).allowsAlone(model, NODES));
      }
    }
    Effort effort =
        new Effort(arena.parameters.work(), Map.of(model, new Speed(1e300, Double.MAX_VALUE)));
    assertTrue(effort.isTooLongToChallenge(arena.request()));
  }

  /** The trace that answered is the one that plays. */
  @Test
  void proposer_answeredByATrace_makesNoOtherForItsGame() {
    AtomicInteger made = new AtomicInteger();
    Proposer proposer =
        new Proposer(
            context(
                Arena.PROPOSER,
                ModelRunner.ofTraces(
                    arena.model.id(),
                    request -> {
                      made.getAndIncrement();
                      return new ToyTrace(arena.model, request);
                    })),
            ProposerPolicy.ALL,
            SECRET);
    proposer.poll();
    arena.blocks.advance(60);
    proposer.poll();
    ClaimId claim = arena.request().claims().getFirst();
    GameId game = arena.challenge(Arena.CHALLENGER, claim, arena.lying(345, 678));
    for (int i = 0; i < 30 && arena.game(game).status() == GameStatus.OPEN; i++) {
      proposer.poll();
      if (arena.game(game).status() == GameStatus.OPEN
          && arena.game(game).position().toMove() == Side.CHALLENGER) {
        arena.step(game, arena.truth, arena.lying(345, 678));
      }
      arena.blocks.advance(12);
    }
    assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
    assertEquals(1, made.get());
  }
}
