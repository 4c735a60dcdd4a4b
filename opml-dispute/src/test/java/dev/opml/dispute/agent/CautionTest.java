package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.InputRoot;
import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.Receipt;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.Endpoints;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent looks before it stakes money, and says why it does not. */
class CautionTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));

  private final Arena arena = new Arena();
  private final AtomicInteger runs = new AtomicInteger();

  private final Heard heard = new Heard();

  private ModelRunner honest() {
    return ModelRunner.ofTraces(
        arena.model.id(),
        request -> {
          runs.getAndIncrement();
          return new ToyTrace(arena.model, request);
        });
  }

  private AgentContext context(Arbiter arbiter) {
    return context(arbiter, heard);
  }

  private AgentContext context(Arbiter arbiter, AgentListener listener) {
    return new AgentContext(
        arbiter,
        arbiter.deployment(),
        List.of(honest()),
        new MemoryJournal(),
        listener,
        Runnable::run,
        10);
  }

  private Proposer proposer(Arbiter arbiter, ProposerPolicy policy) {
    return new Proposer(context(arbiter), policy, SECRET);
  }

  private Proposer proposer() {
    return proposer(arena.as(Arena.PROPOSER), ProposerPolicy.UNANSWERED);
  }

  private void rounds(int count, long seconds, Agent... agents) {
    for (int i = 0; i < count; i++) {
      for (Agent agent : agents) {
        agent.poll();
      }
      arena.blocks.advance(seconds);
    }
  }

  /** A connection whose endpoint says something else of every request. */
  private Arbiter changedRequests(Address account, String field) {
    return Endpoints.changing(
        arena.as(account),
        event -> event instanceof ArbiterEvent.RequestMade made ? with(made, field) : event);
  }

  private static ArbiterEvent with(ArbiterEvent.RequestMade made, String field) {
    StateRoot other = new StateRoot(new Bytes32(9, 9, 9, 9));
    RequestTerms terms = made.terms();
    return new ArbiterEvent.RequestMade(
        made.request(),
        made.requester(),
        field.equals("id")
            ? new RequestTerms(
                terms.model(),
                terms.inference(),
                terms.fee().plus(Wei.ether(1)),
                terms.sealingDeadline(),
                terms.consumer(),
                terms.policy(),
                terms.nonce())
            : terms,
        field.equals("inputRoot") ? new InputRoot(other.value()) : made.inputRoot(),
        field.equals("initialRoot") ? other : made.initialRoot(),
        field.equals("traceLength") ? made.traceLength() - 1 : made.traceLength());
  }

  private void assertUnexpected(String field) {
    assertEquals(
        field,
        assertInstanceOf(UnexpectedRequestException.class, heard.failures.getFirst()).field());
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "inputRoot", "initialRoot", "traceLength"})
  void proposer_chainSaysOtherThanItComputes_runsAndSealsNothing(String field) {
    Arbiter chain = changedRequests(Arena.PROPOSER, field);
    rounds(3, 30, proposer(chain, ProposerPolicy.ALL));
    assertEquals(List.of(), arena.request().claims());
    assertEquals(0, runs.get());
    assertUnexpected(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "inputRoot", "initialRoot", "traceLength"})
  void challenger_chainSaysOtherThanItComputes_challengesNothing(String field) {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    Arbiter chain = changedRequests(Arena.CHALLENGER, field);
    rounds(3, 30, new Challenger(context(chain)));
    assertEquals(List.of(), arena.claim(claim).games());
    assertUnexpected(field);
  }

  @Test
  void proposer_modelsPathDoesNotOpenItsImage_sealsNothing() {
    Arbiter chain =
        Endpoints.changing(
            arena.as(Arena.PROPOSER),
            event ->
                event instanceof ArbiterEvent.ModelRegistered(var model, var publisher, var source)
                    ? new ArbiterEvent.ModelRegistered(
                        new ModelView(
                            model.id(),
                            model.imageRoot(),
                            model.header(),
                            arena.truth.outputPath()),
                        publisher,
                        source)
                    : event);
    proposer(chain, ProposerPolicy.ALL).poll();
    assertEquals(List.of(), arena.request().claims());
    assertUnexpected("inputPath");
  }

  @Test
  void proposer_liveRivalWithOtherTokens_isNoAnswer() {
    arena.claim(Arena.STRANGER, falseTokens());
    rounds(3, 60, proposer());
    assertEquals(2, arena.request().claims().size());
    assertEquals(ClaimStatus.REVEALED, arena.claim(arena.request().claims().getLast()).status());
  }

  @Test
  void proposer_liveRivalWithTheSameTokens_isAnAnswer() {
    arena.claim(Arena.STRANGER, arena.truth);
    rounds(3, 60, proposer());
    assertEquals(1, arena.request().claims().size());
    assertEquals(1, runs.get(), "run in every round");
  }

  private Trace falseTokens() {
    return new FabricatedTrace(
        arena.truth, Fabrication.about(3, 3).claiming(arena.truth.output().with(0, 1)));
  }

  /** Nobody challenges the false rival, but this proposer is not the one who makes it final. */
  @Test
  void proposer_overdueRivalThatItsAnswerContradicts_isNotSettledByIt() {
    ClaimId rival = arena.claim(Arena.STRANGER, falseTokens());
    rounds(130, 90, proposer());
    assertEquals(ClaimStatus.REVEALED, arena.claim(rival).status());
    assertEquals(ClaimStatus.FINAL, arena.claim(arena.request().claims().getLast()).status());
    assertEquals(RequestStatus.FINAL, arena.request().status());
    arena.as(Arena.STRANGER).settle(rival);
    rounds(2, 30, proposer());
    assertTrue(arena.request().feeGone());
    assertTrue(
        Wei.ether(100).isLessThan(arena.as(Arena.PROPOSER).balance(Arena.PROPOSER)), "not paid");
  }

  @Test
  void proposer_overdueRivalWithTheSameTokensAndAnotherRoot_isNotSettledByIt() {
    ClaimId rival = arena.claim(Arena.STRANGER, arena.lying(5, 5));
    rounds(130, 90, proposer());
    assertEquals(ClaimStatus.REVEALED, arena.claim(rival).status());
    assertEquals(2, arena.request().claims().size());
  }

  @Test
  void proposer_withoutTheBond_runsNothingAndSaysSoOnce() {
    rounds(5, 30, proposer(arena.as(Address.named("poor")), ProposerPolicy.ALL));
    assertEquals(0, runs.get());
    assertEquals(List.of("BALANCE " + arena.request), heard.declined);
    assertEquals(List.of(), heard.refused);
  }

  /** Money for one bond, three requests at once: no run is made for a seal that is refused. */
  @Test
  void proposer_moneyForOneBond_runsOneRequest() {
    Address account = Address.named("modest");
    arena.arbiter.fund(account, Arena.BOND);
    arena.as(Arena.REQUESTER).request(arena.terms(1));
    arena.as(Arena.REQUESTER).request(arena.terms(2));
    proposer(arena.as(account), ProposerPolicy.ALL).poll();
    assertEquals(1, runs.get());
    assertEquals(List.of(), heard.refused);
  }

  @Test
  void challenger_withoutTheBond_makesNoTraceAndSaysSoOnce() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    Address account = Address.named("poor");
    Challenger challenger = new Challenger(context(arena.as(account)));
    rounds(4, 30, challenger);
    assertEquals(1, runs.get(), "one check");
    assertEquals(List.of("BALANCE " + claim), heard.declined);
    arena.arbiter.fund(account, Arena.CHALLENGER_BOND);
    challenger.poll();
    assertEquals(1, arena.claim(claim).openGames());
  }

  /** Two false claims found at once, and their traces are in the making. */
  @Test
  void challenger_moneyForOneBond_challengesOne() throws Exception {
    Address account = Address.named("modest");
    arena.arbiter.fund(account, Arena.CHALLENGER_BOND);
    List<ClaimId> claims =
        List.of(
            arena.claim(Arena.PROPOSER, arena.lying(5, 5)),
            arena.claim(Arena.PROPOSER, arena.lying(6, 6)));
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger traces = new AtomicInteger();
    ModelRunner honest = honest();
    ModelRunner slow =
        new ModelRunner() {
          @Override
          public ModelId model() {
            return honest.model();
          }

          @Override
          public Answer answer(InferenceRequest request) {
            return honest.answer(request);
          }

          @Override
          public Verification verify(Claim claim) {
            return honest.verify(claim);
          }

          @Override
          public Trace trace(InferenceRequest request) {
            traces.getAndIncrement();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return honest.trace(request);
          }
        };
    Arbiter arbiter = arena.as(account);
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      Challenger challenger =
          new Challenger(
              new AgentContext(
                  arbiter,
                  arbiter.deployment(),
                  List.of(slow),
                  new MemoryJournal(),
                  heard,
                  workers,
                  10));
      pollUntil(challenger, () -> traces.get() == 1 && !heard.declined.isEmpty());
      release.countDown();
      pollUntil(challenger, () -> claims.stream().anyMatch(id -> arena.claim(id).openGames() == 1));
    }
    assertEquals(List.of(), heard.refused);
    assertEquals(1, claims.stream().filter(id -> arena.claim(id).openGames() == 1).count());
    assertEquals(1, heard.declined.size(), heard.declined::toString);
  }

  private static void pollUntil(Agent agent, BooleanSupplier done) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, "waited for nothing");
      agent.poll();
      Thread.sleep(2);
    }
  }

  /** A deployment whose blocks may stand for an hour must not make an agent wait as long. */
  @Test
  void backoff_longBlocks_pausesNoLongerThanAMoveAndTheLimit() {
    assertEquals(60, Backoff.firstPause(arena.parameters));
    ArbiterParameters slow =
        new ArbiterParameters(
            arena.parameters.arity(),
            arena.parameters.clocks(),
            arena.parameters.windows(),
            arena.parameters.money(),
            arena.parameters.work(),
            3600,
            arena.parameters.programRoots());
    assertEquals(60, Backoff.firstPause(slow));
    Backoff<String> backoff = new Backoff<>(60, 100);
    backoff.refused("a", 0);
    backoff.refused("a", 60);
    assertFalse(backoff.allows("a", 159));
    assertTrue(backoff.allows("a", 160));
    for (int i = 0; i < 100; i++) {
      backoff.refused("a", 1000);
    }
    assertFalse(backoff.allows("a", 1099));
    assertTrue(backoff.allows("a", 1100));
    backoff.accepted("a");
    assertTrue(backoff.allows("a", 0));
  }

  @Test
  void backoff_manyThousands_forgetsTheOldest() {
    Backoff<Integer> backoff = new Backoff<>(60, 100);
    for (int i = 0; i <= 4096; i++) {
      backoff.refused(i, 0);
    }
    assertTrue(backoff.allows(0, 0));
    assertFalse(backoff.allows(1, 0));
  }

  /** Else a run that always fails is made in every round. */
  @Test
  void tasks_whatFails_waitsLongerEachTime() {
    Tasks tasks = new Tasks(Runnable::run, heard, AgentLimits.DEFAULT);
    AtomicInteger answers = new AtomicInteger();
    AtomicInteger moves = new AtomicInteger();
    for (int second = 0; second < 1000; second++) {
      tasks.nextRound(second);
      tasks.start(Work.ANSWER, "a", failing(answers));
      tasks.start(Work.GAME, "b", failing(moves));
    }
    assertEquals(10, answers.get(), "after 0, 1, 3, 7 and up to 511 seconds");
    assertTrue(moves.get() > 80, "a clock runs: at least every twelve seconds");
    assertTrue(moves.get() < 100, moves::toString);
    assertEquals(answers.get() + moves.get(), heard.failures.size());
  }

  private static Runnable failing(AtomicInteger calls) {
    return () -> {
      calls.getAndIncrement();
      throw new IllegalStateException("say");
    };
  }

  @Test
  void sender_refusedTransaction_waitsLongerEachTime() {
    AgentContext context = context(arena.as(Arena.STRANGER));
    Lookout lookout = new Lookout(context);
    Sender sender = new Sender(context, lookout);
    Intent intent = Intent.of(IntentKind.SETTLE, Bytes32.ZERO);
    ArbiterCall call = new ArbiterCall.Settle(new ClaimId(Bytes32.ZERO)); // there is none
    for (int i = 0; i < 100; i++) {
      sender.send(intent, call);
      sender.send(intent, call);
      arena.blocks.advance(12);
      assertTrue(lookout.look());
    }
    assertEquals(5, heard.refused.size(), "after 0, 60, 180, 420 and 900 seconds");
    assertFalse(sender.maySend(intent));
    assertTrue(
        sender.maySend(new Intent(IntentKind.SETTLE, Bytes32.ZERO, new Bytes32(1, 1, 1, 1))));
  }

  @Test
  void challenger_refusedChallenge_makesNoTraceInEveryRound() {
    arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    Arbiter chain = arena.as(Arena.CHALLENGER);
    Arbiter refusing =
        Endpoints.with(
            chain,
            (name, _, call) -> {
              if (name.equals("broadcast")) {
                return null;
              }
              return name.equals("outcome")
                  ? new TransactionOutcome.Reverted(
                      new ArbiterRefusedException(Refusal.INSUFFICIENT_FUNDS, "say"),
                      new Receipt(BlockHash.NONE, 0, 0, Wei.ZERO))
                  : call.answer();
            });
    rounds(20, 12, new Challenger(context(refusing)));
    assertEquals(3, heard.refused.size(), "after 0, 60 and 180 seconds");
    assertEquals(1 + 1, runs.get(), "a check, and a trace for all challenges");
  }

  @Test
  void within_eachLimit_isInclusive() {
    RequestView view = arena.request();
    Wei bond = view.terms().policy().bond();
    long window = view.terms().policy().challengeWindow();
    long length = view.traceLength();
    assertAllows(true, new ProposerLimits(Arena.FEE, bond, window, length));
    assertAllows(false, new ProposerLimits(Arena.FEE.plus(Wei.of(1)), bond, window, length));
    assertAllows(false, new ProposerLimits(Arena.FEE, bond.minus(Wei.of(1)), window, length));
    assertAllows(false, new ProposerLimits(Arena.FEE, bond, window - 1, length));
    assertAllows(false, new ProposerLimits(Arena.FEE, bond, window, length - 1));
    assertTrue(ProposerPolicy.STANDARD.accepts(view));
    assertFalse(ProposerPolicy.STANDARD.joinsTheSame());
    assertTrue(ProposerPolicy.ALL.within(ProposerLimits.DEFAULT).joinsTheSame());
  }

  private void assertAllows(boolean expected, ProposerLimits limits) {
    assertEquals(expected, limits.allow(arena.request()));
    assertEquals(expected, ProposerPolicy.UNANSWERED.within(limits).accepts(arena.request()));
  }

  /** Chains fail; what was read before is decided on, and nothing is forgotten. */
  @Test
  void poll_manyReadsFail_gamesGoOn() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    GameId game = arena.challenge(Arena.CHALLENGER, claim, arena.lying(345, 678));
    AtomicInteger reads = new AtomicInteger();
    AtomicBoolean made = new AtomicBoolean();
    Arbiter chain =
        Endpoints.with(
            arena.as(Arena.PROPOSER),
            (name, _, call) -> {
              if (made.get() && name.equals("events") && reads.getAndIncrement() % 3 == 0) {
                throw new IllegalStateException("cannot be read");
              }
              return call.answer();
            });
    Proposer proposer = proposer(chain, ProposerPolicy.ALL);
    made.set(true);
    Challenger liar =
        new Challenger(
            new AgentContext(
                arena.as(Arena.CHALLENGER),
                arena.as(Arena.CHALLENGER).deployment(),
                List.of(
                    ModelRunner.ofTraces(
                        arena.model.id(),
                        request ->
                            new FabricatedTrace(
                                new ToyTrace(arena.model, request), Fabrication.about(345, 678)))),
                new MemoryJournal(),
                AgentListener.NONE,
                Runnable::run,
                10));
    rounds(80, 12, proposer, liar);
    assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
    assertFalse(heard.failures.isEmpty());
  }

  /** Else it counts none of the claims that it has sealed since. */
  @Test
  void proposer_chainCannotBeRead_answersNothingMore() {
    arena.arbiter.fund(Arena.PROPOSER, Wei.ether(900));
    for (int i = 1; i < 30; i++) {
      arena.as(Arena.REQUESTER).request(arena.terms(i));
    }
    AtomicInteger reads = new AtomicInteger();
    Arbiter chain =
        Endpoints.with(
            arena.as(Arena.PROPOSER),
            (name, _, call) -> {
              if (name.equals("head") && reads.getAndIncrement() >= 4) { // twice a look
                throw new IllegalStateException("cannot be read");
              }
              return call.answer();
            });
    rounds(15, 12, proposer(chain, ProposerPolicy.ALL));
    assertEquals(TaskLimits.DEFAULT.answers(), runs.get());
  }

  /** Else a broken executor lets a false claim become final without a word. */
  @Test
  void agent_withoutAListener_logsItsFailures() throws Exception {
    List<String> logged = new ArrayList<>();
    Class<?> filter = Class.forName("java.util.logging.Filter");
    Class<?> loggers = Class.forName("java.util.logging.Logger");
    Class<?> records = Class.forName("java.util.logging.LogRecord");
    Object logger =
        loggers.getMethod("getLogger", String.class).invoke(null, FailureLog.class.getName());
    Object capture =
        Proxy.newProxyInstance(
            filter.getClassLoader(),
            new Class<?>[] {filter},
            (_, _, arguments) -> {
              logged.add(
                  records.getMethod("getLevel").invoke(arguments[0])
                      + " "
                      + records.getMethod("getMessage").invoke(arguments[0])
                      + " "
                      + records.getMethod("getThrown").invoke(arguments[0]));
              return false;
            });
    loggers.getMethod("setFilter", filter).invoke(logger, capture);
    try {
      Arbiter arbiter = arena.as(Arena.PROPOSER);
      Proposer proposer =
          new Proposer(
              new AgentContext(
                  arbiter,
                  arbiter.deployment(),
                  List.of(honest()),
                  new MemoryJournal(),
                  AgentListener.NONE,
                  _ -> {
                    throw new IllegalStateException("a broken executor");
                  },
                  10),
              ProposerPolicy.ALL,
              SECRET);
      proposer.poll();
      new Proposer(
              context(arena.as(Address.named("poor")), AgentListener.NONE),
              ProposerPolicy.ALL,
              SECRET)
          .poll();
    } finally {
      loggers.getMethod("setFilter", filter).invoke(logger, (Object) null);
    }
    assertEquals(2, logged.size(), logged::toString);
    assertTrue(logged.getFirst().startsWith("WARNING"), logged::toString);
    assertTrue(logged.getFirst().contains("a broken executor"), logged::toString);
    assertTrue(logged.getFirst().contains(arena.request.toString()), logged::toString);
    assertTrue(logged.getLast().contains("BALANCE"), logged::toString);
  }
}
