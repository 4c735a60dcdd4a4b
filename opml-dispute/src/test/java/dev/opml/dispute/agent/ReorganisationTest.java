package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.local.UnrulyChain;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.dispute.view.Mirror;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Agents on a chain whose last blocks are replaced, and whose endpoints lag and fail. */
class ReorganisationTest {
  private static final int FINALITY = 6;

  /**
   * Chains of the random test. A long run makes thousands. No agent could start again on the 20th
   * once.
   */
  private static final int CHAINS = System.getenv("OPML_SLOW") == null ? 20 : 1_000;

  /** Requests of each of these chains, of which three claims and eight games follow. */
  private static final int REQUESTS = System.getenv("OPML_SLOW") == null ? 2 : 13;

  /** Rounds between two requests, and between two comparisons of everything with the arbiter. */
  private static final int REQUEST_EVERY = 10;

  private static final int COMPARE_EVERY = System.getenv("OPML_SLOW") == null ? 1 : 10;

  private static final int LEAST_COMPARED = 75 / (COMPARE_EVERY * COMPARE_EVERY);

  private static final Address LIAR = Address.named("liar");
  private static final Address LYING_CHALLENGER = Address.named("lying challenger");
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));
  private static final Fabrication LIE = Fabrication.about(345, 678);
  private static final Fabrication OTHER_LIE = Fabrication.about(120, 34);
  private static final List<Address> ACCOMPLICES =
      List.of(
          Address.named("accomplice"),
          Address.named("second accomplice"),
          Address.named("third accomplice"));

  private final Arena arena = new Arena();
  private final AtomicInteger runs = new AtomicInteger();
  private UnrulyChain chain = chain(1);

  private final Heard heard = new Heard();

  private UnrulyChain chain(long seed) {
    UnrulyChain made = new UnrulyChain(arena, FINALITY, seed);
    for (Address account :
        List.of(
            Arena.REQUESTER,
            Arena.PROPOSER,
            Arena.CHALLENGER,
            Arena.STRANGER,
            LIAR,
            LYING_CHALLENGER)) {
      made.fund(account, Wei.ether(100));
    }
    ACCOMPLICES.forEach(account -> made.fund(account, Wei.ether(100)));
    made.truth(Arena.REQUESTER)
        .register(arena.model.registration(), new ModelSource(Bytes32.ZERO, "toy"));
    return made;
  }

  private RequestId ask() {
    return chain.truth(Arena.REQUESTER).request(terms(0));
  }

  private RequestTerms terms(long nonce) {
    return new RequestTerms(
        arena.model.id(),
        arena.inference,
        Arena.FEE,
        chain.now().time() + 4000,
        Arena.REQUESTER,
        FinalityPolicy.least(arena.parameters, arena.truth.length()),
        nonce);
  }

  private Function<InferenceRequest, Trace> honest() {
    return request -> {
      runs.getAndIncrement();
      return new ToyTrace(arena.model, request);
    };
  }

  private Function<InferenceRequest, Trace> lying(Fabrication lie) {
    return request -> new FabricatedTrace(new ToyTrace(arena.model, request), lie);
  }

  private AgentContext context(
      Address account, Function<InferenceRequest, Trace> traces, Journal journal) {
    Arbiter connection = chain.connect(account);
    return new AgentContext(
        connection,
        connection.deployment(),
        List.of(ModelRunner.ofTraces(arena.model.id(), traces)),
        journal,
        heard,
        Runnable::run,
        10);
  }

  private Proposer proposer(Address account, Function<InferenceRequest, Trace> traces) {
    return proposer(context(account, traces, new MemoryJournal()));
  }

  private Proposer proposer(AgentContext context) {
    return new Proposer(context, ProposerPolicy.UNANSWERED, SECRET);
  }

  private Challenger challenger(Address account, Function<InferenceRequest, Trace> traces) {
    return challenger(context(account, traces, new MemoryJournal()));
  }

  private Challenger challenger(AgentContext context) {
    return new Challenger(context);
  }

  private void rounds(int count, long seconds, Agent... agents) {
    for (int i = 0; i < count; i++) {
      for (Agent agent : agents) {
        agent.poll();
      }
      chain.mine(seconds);
    }
  }

  private Arbiter truth() {
    return chain.truth(Arena.STRANGER);
  }

  private List<ClaimView> claims(RequestId request) {
    return truth().request(request).orElseThrow().claims().stream()
        .map(id -> truth().claim(id).orElseThrow())
        .toList();
  }

  /** Seals and reveals what a trace says. */
  private ClaimId claim(RequestId request, Trace trace) {
    Arbiter connection = chain.truth(LIAR);
    ClaimId claim =
        connection.seal(request, Arena.seal(LIAR, request, trace, Arena.SALT), trace.output());
    chain.mine(60);
    connection.reveal(claim, Arena.reveal(trace, Arena.SALT));
    return claim;
  }

  private GameStatus status(GameId game) {
    return truth().game(game).orElseThrow().status();
  }

  /** A claim that was there is not there any more: every round threw from then on. */
  @Test
  void challenger_claimIsTakenAway_goesOnAndRefutesTheNext() {
    RequestId request = ask();
    Challenger challenger = challenger(Arena.CHALLENGER, honest());
    claim(request, new FabricatedTrace(arena.truth, LIE));
    challenger.poll();
    assertEquals(1, claims(request).getFirst().openGames());
    chain.removeTransactions(4); // seal, an empty block, reveal, challenge
    assertEquals(List.of(), claims(request));
    rounds(3, 12, challenger);
    ClaimId next = claim(request, new FabricatedTrace(arena.truth, LIE));
    rounds(2, 12, challenger);
    assertEquals(1, truth().claim(next).orElseThrow().openGames());
    assertEquals(List.of(), heard.failures);
    assertEquals(3, runs.get(), "one check, and a trace for each challenge");
  }

  @Test
  void challenger_challengeIsTakenAway_isMadeAgain() {
    RequestId request = ask();
    Challenger challenger = challenger(Arena.CHALLENGER, honest());
    ClaimId claim = claim(request, new FabricatedTrace(arena.truth, LIE));
    challenger.poll();
    chain.removeTransactions(1);
    assertEquals(0, truth().claim(claim).orElseThrow().openGames());
    rounds(1, 12, challenger);
    assertEquals(1, truth().claim(claim).orElseThrow().openGames());
    assertEquals(List.of(), heard.failures);
  }

  /** The event of the challenge has another place than one that was seen before had. */
  @Test
  void proposer_challengeComesAtAnotherIndex_isSeenAllTheSame() {
    RequestId request = ask();
    ClaimId claim = claim(request, arena.truth);
    Proposer proposer = proposer(LIAR, honest());
    Arbiter other = chain.truth(Arena.STRANGER);
    other.send(arena.announcement());
    GameId game =
        chain
            .truth(LYING_CHALLENGER)
            .challenge(
                claim,
                new MoveChooser(arena.parameters.arity())
                    .challenge(arena.truth.finalRoot(), new FabricatedTrace(arena.truth, LIE)));
    other.send(arena.announcement());
    chain.breakFinality(3); // the same transactions, in other blocks
    Challenger liar = challenger(LYING_CHALLENGER, lying(LIE));
    rounds(20, 12, proposer, liar);
    assertEquals(GameStatus.PROPOSER_WON, status(game));
    assertEquals(List.of(), heard.failures);
  }

  @Test
  void proposer_moveIsTakenAway_isMadeAgain() {
    RequestId request = ask();
    ClaimId claim = claim(request, arena.truth);
    Proposer proposer = proposer(LIAR, honest());
    Challenger liar = challenger(LYING_CHALLENGER, lying(LIE));
    rounds(2, 12, liar, proposer);
    GameId game = truth().claim(claim).orElseThrow().games().getFirst();
    for (int i = 0; i < 30 && status(game) == GameStatus.OPEN; i++) {
      rounds(1, 12, proposer, liar);
      chain.removeTransactions(1 + i % 3);
      rounds(2, 12, proposer, liar);
    }
    assertEquals(GameStatus.PROPOSER_WON, status(game));
    assertEquals(List.of(), heard.failures);
  }

  /** An endpoint that is so far behind that it knows nothing of a game. */
  @Test
  void proposer_endpointLagsBehindTheGame_isNotForgotten() {
    RequestId request = ask();
    ClaimId claim = claim(request, arena.truth);
    chain.mine(12);
    Proposer proposer = proposer(LIAR, honest());
    Challenger liar = challenger(LYING_CHALLENGER, lying(LIE));
    rounds(1, 12, liar, proposer);
    GameId game = truth().claim(claim).orElseThrow().games().getFirst();
    for (int i = 0; i < 60 && status(game) == GameStatus.OPEN; i++) {
      chain.setLag(0);
      rounds(1, 12, liar, proposer);
      chain.setLag(3 + i % 20);
      rounds(3, 12, liar, proposer);
    }
    assertEquals(GameStatus.PROPOSER_WON, status(game));
    assertEquals(List.of(), heard.failures);
  }

  /** The answer is kept, so that a request that comes back is not run again. */
  @Test
  void proposer_requestIsTakenAwayAndComesBack_isAnsweredWithOneRun() {
    RequestTerms terms = terms(5);
    RequestId request = chain.truth(Arena.REQUESTER).request(terms);
    Proposer proposer = proposer(Arena.PROPOSER, honest());
    proposer.poll();
    assertEquals(1, claims(request).size());
    chain.removeTransactions(2);
    assertTrue(truth().request(request).isEmpty());
    rounds(2, 12, proposer);
    assertEquals(request, chain.truth(Arena.REQUESTER).request(terms));
    rounds(2, 12, proposer);
    rounds(10, 12, proposer);
    assertEquals(ClaimStatus.REVEALED, claims(request).getFirst().status());
    assertEquals(1, claims(request).size());
    assertEquals(1, runs.get());
    assertEquals(List.of(), heard.failures);
  }

  /** Whoever sees the final root could seal it earlier on another fork. */
  @Test
  void proposer_sealIsNotFinal_waitsWithItsReveal() {
    RequestId request = ask();
    Proposer proposer = proposer(Arena.PROPOSER, honest());
    proposer.poll();
    chain.mine(61);
    for (int i = 1; i < FINALITY; i++) {
      proposer.poll();
      assertEquals(ClaimStatus.SEALED, claims(request).getFirst().status());
      chain.mine(12);
    }
    proposer.poll();
    assertEquals(ClaimStatus.REVEALED, claims(request).getFirst().status());
    assertEquals(0, chain.earlyReveals());
    assertEquals(List.of(), heard.risky);
  }

  @Test
  void proposer_sealIsTakenAway_hasRevealedNothingAndSealsAgain() {
    RequestId request = ask();
    Proposer proposer = proposer(Arena.PROPOSER, honest());
    proposer.poll();
    chain.mine(61);
    rounds(2, 12, proposer);
    chain.removeTransactions(FINALITY - 2);
    assertEquals(List.of(), claims(request));
    rounds(2 * FINALITY, 30, proposer);
    assertEquals(ClaimStatus.REVEALED, claims(request).getFirst().status());
    assertEquals(0, chain.earlyReveals());
    assertEquals(1, runs.get());
  }

  /** A bond that is lost for certain is worth more than a fee that may be. */
  @Test
  void proposer_chainFinalizesNothing_revealsInTheSecondHalfOfTheWindow() {
    RequestId request = ask();
    Proposer proposer = proposer(Arena.PROPOSER, honest());
    proposer.poll();
    ClaimView claim = claims(request).getFirst();
    chain.setFinality(10_000);
    while (claim.reveal().secondsLeft(chain.now()) > 300) {
      proposer.poll();
      assertEquals(ClaimStatus.SEALED, claims(request).getFirst().status());
      chain.mine(12);
    }
    proposer.poll();
    assertEquals(ClaimStatus.REVEALED, claims(request).getFirst().status());
    assertEquals(List.of(claim.id()), heard.risky);
  }

  /**
   * Two who tell the truth and five who lie, each other's accomplices, on a chain that is
   * reorganised all the time, through endpoints that lag, forget and fail, and killed and started
   * again on their journals: no true claim is refuted, no false one becomes final, and nobody who
   * tells the truth loses money.
   */
  @Test
  void agents_reorganisingLaggingAndFailingChain_truthWins() {
    int games = 0;
    for (long seed = 1; seed <= CHAINS; seed++) {
      String where = "seed " + seed;
      chain = chain(seed);
      Set<RequestId> requests = new LinkedHashSet<>(List.of(ask()));
      for (int i = 0; i < FINALITY; i++) {
        chain.mine(12);
      }
      Function<InferenceRequest, Trace> lie = lying(LIE);
      Function<InferenceRequest, Trace> other = lying(OTHER_LIE);
      List<Life> agents =
          List.of(
              new Life(Arena.PROPOSER, honest(), this::proposer),
              new Life(Arena.CHALLENGER, honest(), this::challenger),
              new Life(LIAR, lie, this::proposer),
              new Life(LYING_CHALLENGER, lie, this::challenger),
              new Life(ACCOMPLICES.get(0), other, this::proposer),
              new Life(ACCOMPLICES.get(1), other, this::challenger),
              new Life(ACCOMPLICES.get(2), other, this::challenger));
      Mirror good = new Mirror(chain.truth(Arena.STRANGER));
      Mirror bad = new Mirror(chain.truth(Arena.STRANGER), chain.connect(Arena.STRANGER));
      int compared = 0;
      Random random = new Random(seed);
      chain.setMood(new UnrulyChain.Mood(50, 20, 20, 300));
      for (int round = 0; round < 150; round++) {
        for (Life agent : agents) {
          if (random.nextInt(20) == 0) {
            agent.kill();
          }
          agent.poll();
        }
        chain.mine(12);
        if (round % 3 == 0) {
          chain.reorganise((int) ((seed + round) % (FINALITY + 1)));
        }
        if (round % REQUEST_EVERY == 0 && requests.size() < REQUESTS) {
          requests.add(chain.truth(Arena.REQUESTER).request(terms(round + 1)));
        }
        if (round % COMPARE_EVERY == 0) {
          good.assertTellsTheSame();
          compared += bad.assertTellsTheSameIfItCan() ? 1 : 0;
        }
        assertTrue(chain.totals().conserved(), where);
      }
      // A follower that looks seldom has more to catch up, and fails more often.
      assertTrue(compared >= LEAST_COMPARED, where + ": " + compared);
      assertEquals(0, chain.earlyReveals(), where);
      chain.setMood(UnrulyChain.Mood.GOOD);
      // A transaction that was lost for good has made no request.
      requests.removeIf(request -> truth().request(request).isEmpty());
      for (int round = 0; round < 30 || requests.stream().anyMatch(this::isUnderWay); round++) {
        assertTrue(round < 1_000, where + ": the games do not end");
        agents.forEach(Life::poll);
        chain.mine(12);
      }
      chain.mine(8_000);
      for (int round = 0; round < 40; round++) {
        agents.forEach(Life::poll);
        chain.mine(round < 5 ? 8_000 : 60);
      }
      requests.forEach(request -> assertTruthHasWon(request, where));
      assertEquals(Wei.ZERO, chain.totals().locked(), where);
      games +=
          requests.stream()
              .flatMap(it -> claims(it).stream())
              .mapToInt(it -> it.games().size())
              .sum();
    }
    System.out.printf("%d chains, %,d games%n", CHAINS, games);
  }

  /** An agent, its journal, and those that take its place after it was killed. */
  private final class Life {
    private final Address account;
    private final Function<InferenceRequest, Trace> traces;
    private final Function<AgentContext, Agent> start;
    private final Journal journal = new MemoryJournal();
    private Optional<Agent> alive = Optional.empty();

    Life(
        Address account,
        Function<InferenceRequest, Trace> traces,
        Function<AgentContext, Agent> start) {
      this.account = account;
      this.traces = traces;
      this.start = start;
    }

    void kill() {
      alive = Optional.empty();
    }

    void poll() {
      if (alive.isEmpty()) {
        try {
          alive = Optional.of(start.apply(context(account, traces, journal)));
        } catch (RuntimeException e) {
          return; // an endpoint failed: it is started again in the next round
        }
      }
      alive.get().poll();
    }
  }

  /** Whether a bond depends on somebody who has to act in time. */
  private boolean isUnderWay(RequestId request) {
    return claims(request).stream()
        .anyMatch(claim -> claim.status() == ClaimStatus.SEALED || claim.openGames() > 0);
  }

  private void assertTruthHasWon(RequestId request, String where) {
    assertEquals(RequestStatus.FINAL, truth().request(request).orElseThrow().status(), where);
    boolean refuted = false;
    for (ClaimView claim : claims(request)) {
      if (claim.finalRoot().isPresent()) {
        boolean isTrue = claim.finalRoot().get().equals(arena.truth.finalRoot());
        assertEquals(isTrue ? ClaimStatus.FINAL : ClaimStatus.REFUTED, claim.status(), where);
        refuted |= !isTrue;
      }
      assertEquals(0, claim.openGames(), where);
    }
    assertTrue(refuted, where);
    for (Address account : List.of(Arena.PROPOSER, Arena.CHALLENGER)) {
      Wei has = truth().balance(account).plus(truth().credit(account));
      assertFalse(has.isLessThan(Wei.ether(100)), where + ": " + account + " has " + has);
    }
    assertTrue(chain.totals().conserved(), where);
  }
}
