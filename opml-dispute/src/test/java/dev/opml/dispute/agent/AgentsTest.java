package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.OpmlException;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.journal.FileJournal;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.journal.SealedAnswer;
import dev.opml.dispute.journal.SentTransaction;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.dispute.toy.UnprovenTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AgentsTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));

  private final Arena arena = new Arena();
  private final Recorder recorder = new Recorder();

  /** Keeps what agents report. */
  private static final class Recorder implements AgentListener {
    final List<Intent> accepted = new ArrayList<>();
    final List<ArbiterRefusedException> refused = new ArrayList<>();
    final List<Verification> verdicts = new ArrayList<>();
    final List<GameId> stuck = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();

    @Override
    public synchronized void onAccepted(Intent intent) {
      accepted.add(intent);
    }

    @Override
    public synchronized void onRefused(Intent intent, ArbiterRefusedException refusal) {
      refused.add(refusal);
    }

    @Override
    public synchronized void onVerdict(ClaimId claim, Verification verdict) {
      verdicts.add(verdict);
    }

    @Override
    public synchronized void onNoMove(GameId game) {
      stuck.add(game);
    }

    @Override
    public synchronized void onFailure(Object what, Throwable failure) {
      failures.add(failure);
    }

    synchronized int accepted() {
      return accepted.size();
    }
  }

  private ModelRunner honest() {
    return ModelRunner.ofTraces(arena.model.id(), request -> new ToyTrace(arena.model, request));
  }

  private ModelRunner lying(Fabrication lie) {
    return ModelRunner.ofTraces(
        arena.model.id(), request -> new FabricatedTrace(new ToyTrace(arena.model, request), lie));
  }

  private AgentContext context(
      Address account, ModelRunner runner, Journal journal, Executor workers) {
    return new AgentContext(
        arena.as(account),
        arena.as(account).deployment(),
        List.of(runner),
        journal,
        recorder,
        workers,
        10);
  }

  private AgentContext context(Address account, ModelRunner runner) {
    return context(account, runner, new MemoryJournal(), Runnable::run);
  }

  /** Ways in which a proof fails before it is in a block. */
  private enum ProofFailure {
    /** An endpoint says at once what the contract would. */
    REFUSED_AT_SIGNING,
    /** An endpoint refuses the call, and does not say why. */
    SIGNING_FAILS,
    /** There is too little ether for its gas. */
    BROADCAST_FAILS,
    /** The transaction is never seen again. */
    LOST
  }

  /** A challenger of the truth whose proofs fail, and nothing else. */
  private AgentContext contextWithoutProofs(ProofFailure how) {
    AgentContext plain = context(Arena.CHALLENGER, honest());
    Arbiter failing =
        (Arbiter)
            Proxy.newProxyInstance(
                Arbiter.class.getClassLoader(),
                new Class<?>[] {Arbiter.class},
                (_, method, arguments) -> {
                  boolean signs = method.getName().equals("sign");
                  boolean sends = method.getName().equals("broadcast");
                  Object call =
                      signs
                          ? arguments[0]
                          : sends ? ((Transaction) arguments[0]).call() : "another method";
                  if (call instanceof ArbiterCall.Prove) {
                    switch (how) {
                      case REFUSED_AT_SIGNING ->
                          throw new ArbiterRefusedException(Refusal.INVALID_WITNESS, "no proof");
                      case SIGNING_FAILS -> throw new OpmlException("execution reverted");
                      case BROADCAST_FAILS -> {
                        if (sends) {
                          throw new OpmlException("insufficient funds");
                        }
                      }
                      case LOST -> {
                        if (sends) {
                          return null;
                        }
                      }
                    }
                  }
                  try {
                    return method.invoke(plain.arbiter(), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new AgentContext(
        failing,
        plain.expected(),
        List.of(honest()),
        new MemoryJournal(),
        recorder,
        Runnable::run,
        10);
  }

  /** Traces of the truth whose machine says all but the witness. */
  private ModelRunner withoutWitness(Throwable failure) {
    return ModelRunner.ofTraces(
        arena.model.id(),
        request -> new UnprovenTrace(new ToyTrace(arena.model, request), failure));
  }

  private Proposer proposer(ModelRunner runner) {
    return new Proposer(context(Arena.PROPOSER, runner), ProposerPolicy.UNANSWERED, SECRET);
  }

  /** Polls agents in turns while time passes. */
  private void rounds(int count, long seconds, Agent... agents) {
    for (int i = 0; i < count; i++) {
      for (Agent agent : agents) {
        agent.poll();
        arena.assertMoneyConserved();
      }
      arena.blocks.advance(seconds);
    }
  }

  private ClaimId onlyClaim() {
    return arena.request().claims().getFirst();
  }

  /** This machine may be at fault, or the contract, or a node: the instruction is picked then. */
  @ParameterizedTest
  @EnumSource(ProofFailure.class)
  void challenger_proofFails_picksTheInstructionAndWins(ProofFailure how) {
    try (Proposer liar = proposer(lying(Fabrication.about(345, 678)));
        Challenger challenger = new Challenger(contextWithoutProofs(how))) {
      rounds(500, 60, liar, challenger);
    }
    assertEquals(ClaimStatus.REFUTED, arena.claim(onlyClaim()).status());
    long refused = how == ProofFailure.REFUSED_AT_SIGNING ? 1 : 0;
    assertEquals(refused, recorder.refused.size());
  }

  static List<Throwable> witnessFailures() {
    return List.of(new IllegalStateException("no witness"), new StackOverflowError("no witness"));
  }

  @ParameterizedTest
  @MethodSource("witnessFailures")
  void challenger_noWitness_picksTheInstructionAndWins(Throwable failure) {
    try (Proposer liar = proposer(lying(Fabrication.about(345, 678)));
        Challenger challenger =
            new Challenger(context(Arena.CHALLENGER, withoutWitness(failure)))) {
      rounds(500, 60, liar, challenger);
    }
    assertEquals(ClaimStatus.REFUTED, arena.claim(onlyClaim()).status());
    assertTrue(recorder.failures.contains(failure), recorder.failures::toString);
  }

  @Test
  void honestProposer_unchallenged_isPaid() {
    Wei before = arena.as(Arena.PROPOSER).balance(Arena.PROPOSER);
    try (Proposer proposer = proposer(honest());
        Challenger challenger = new Challenger(context(Arena.CHALLENGER, honest()))) {
      rounds(130, 60, proposer, challenger);
    }
    assertEquals(RequestStatus.FINAL, arena.request().status());
    assertEquals(before.plus(Arena.FEE), arena.as(Arena.PROPOSER).balance(Arena.PROPOSER));
    assertInstanceOf(Verification.Holds.class, recorder.verdicts.getFirst());
    assertEquals(List.of(), recorder.failures);
    assertEquals(List.of(), recorder.refused);
  }

  @Test
  void lyingProposer_isRefutedAndAnHonestOneIsPaidInstead() {
    Fabrication lie = Fabrication.about(613, 1L << 20).claiming(arena.truth.output().with(0, 1));
    try (Proposer liar = proposer(lying(lie));
        Challenger challenger = new Challenger(context(Arena.CHALLENGER, honest()))) {
      rounds(40, 30, liar, challenger);
      assertEquals(ClaimStatus.REFUTED, arena.claim(onlyClaim()).status());
      assertInstanceOf(Verification.WrongToken.class, recorder.verdicts.getFirst());
      Proposer second =
          new Proposer(context(Arena.STRANGER, honest()), ProposerPolicy.UNANSWERED, SECRET);
      rounds(140, 60, second, liar, challenger);
    }
    assertEquals(RequestStatus.FINAL, arena.request().status());
    assertEquals(Wei.ether(100).plus(Arena.FEE), arena.as(Arena.STRANGER).balance(Arena.STRANGER));
    assertEquals(
        Wei.ether(95), arena.as(Arena.PROPOSER).balance(Arena.PROPOSER), "the liar's bond is gone");
    assertTrue(Wei.ether(100).isLessThan(arena.as(Arena.CHALLENGER).balance(Arena.CHALLENGER)));
    assertEquals(List.of(), recorder.failures);
  }

  @Test
  void lyingChallengers_manyAtOnce_allLose() {
    List<Agent> agents = new ArrayList<>();
    agents.add(proposer(honest()));
    for (int i = 0; i < 6; i++) {
      Address account = Address.named("attacker " + i);
      arena.arbiter.fund(account, Arena.CHALLENGER_BOND);
      agents.add(new Challenger(context(account, lying(Fabrication.about(150 * i, 1000L * i)))));
    }
    rounds(150, 60, agents.toArray(Agent[]::new));
    assertEquals(ClaimStatus.FINAL, arena.claim(onlyClaim()).status());
    assertEquals(6, arena.claim(onlyClaim()).games().size());
    for (GameId game : arena.claim(onlyClaim()).games()) {
      assertEquals(GameStatus.PROPOSER_WON, arena.game(game).status());
    }
    agents.forEach(Agent::close);
    assertEquals(List.of(), recorder.failures);
  }

  @Test
  void singlePhase_lyingProposer_isRefuted() {
    Arena single = new Arena(16, GraphMode.SINGLE_PHASE, 9, 77);
    ModelRunner truth = ModelRunner.ofTraces(single.model.id(), r -> new ToyTrace(single.model, r));
    ModelRunner lie =
        ModelRunner.ofTraces(
            single.model.id(),
            r -> new FabricatedTrace(new ToyTrace(single.model, r), Fabrication.about(0, 33)));
    AgentContext base =
        new AgentContext(
            single.as(Arena.PROPOSER),
            single.as(Arena.PROPOSER).deployment(),
            List.of(lie),
            new MemoryJournal(),
            recorder,
            Runnable::run,
            0);
    AgentContext other =
        new AgentContext(
            single.as(Arena.CHALLENGER),
            base.expected(),
            List.of(truth),
            new MemoryJournal(),
            recorder,
            Runnable::run,
            0);
    try (Proposer liar = new Proposer(base, ProposerPolicy.ALL, SECRET);
        Challenger challenger = new Challenger(other)) {
      for (int i = 0; i < 40; i++) {
        liar.poll();
        challenger.poll();
        single.blocks.advance(30);
      }
    }
    assertEquals(ClaimStatus.REFUTED, single.claim(single.request().claims().getFirst()).status());
  }

  /**
   * After every single round both agents die and start anew with nothing but the chain and their
   * journals.
   */
  @Test
  void agents_restartedAfterEveryRound_finishAllTheSame(@TempDir Path folder) {
    Fabrication lie = Fabrication.about(300, 77);
    for (int i = 0; i < 30; i++) {
      try (Journal first = FileJournal.open(folder.resolve("liar"));
          Journal second = FileJournal.open(folder.resolve("challenger"));
          Proposer liar =
              new Proposer(
                  context(Arena.PROPOSER, lying(lie), first, Runnable::run),
                  ProposerPolicy.UNANSWERED,
                  SECRET);
          Challenger challenger =
              new Challenger(context(Arena.CHALLENGER, honest(), second, Runnable::run))) {
        rounds(1, 61, liar, challenger);
      }
    }
    assertEquals(ClaimStatus.REFUTED, arena.claim(onlyClaim()).status());
    assertEquals(1, arena.claim(onlyClaim()).games().size());
    assertEquals(List.of(), recorder.failures);
    assertEquals(List.of(), recorder.refused);
  }

  /** Intents of a crashed agent are looked up on the chain: applied, or to be decided anew. */
  @Test
  void journal_afterACrash_isReconciledWithTheChain() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(5, 5));
    GameId game = arena.challenge(Arena.CHALLENGER, claim, arena.truth);
    List<dev.opml.dispute.journal.Outcome> outcomes = new ArrayList<>();
    Journal journal = new RecordingJournal(new MemoryJournal(), outcomes);
    journal.begin(Intent.of(IntentKind.CHALLENGE, game.value()));
    journal.begin(Intent.of(IntentKind.CHALLENGE, new Bytes32(1, 1, 1, 1)));
    journal.begin(
        new Intent(IntentKind.MOVE, game.value(), arena.game(game).positionHash().value()));
    journal.begin(new Intent(IntentKind.MOVE, game.value(), Bytes32.ZERO));
    journal.begin(Intent.of(IntentKind.SETTLE, claim.value()));
    journal.begin(Intent.of(IntentKind.REVEAL, claim.value()));
    new Challenger(context(Arena.CHALLENGER, honest(), journal, Runnable::run)).close();
    assertEquals(
        List.of(
            dev.opml.dispute.journal.Outcome.FOUND_APPLIED,
            dev.opml.dispute.journal.Outcome.FOUND_MISSING,
            dev.opml.dispute.journal.Outcome.FOUND_MISSING,
            dev.opml.dispute.journal.Outcome.FOUND_APPLIED,
            dev.opml.dispute.journal.Outcome.FOUND_MISSING,
            dev.opml.dispute.journal.Outcome.FOUND_APPLIED),
        outcomes);
    assertEquals(List.of(), journal.pending());
  }

  /** Two processes of one account: whoever is second is refused, and nothing breaks. */
  @Test
  void agents_twoOfTheSameAccount_doNoHarm() {
    Proposer liar = proposer(lying(Fabrication.about(10, 10)));
    Challenger first = new Challenger(context(Arena.CHALLENGER, honest()));
    Challenger second = new Challenger(context(Arena.CHALLENGER, honest()));
    rounds(40, 30, liar, first, second);
    assertEquals(ClaimStatus.REFUTED, arena.claim(onlyClaim()).status());
    assertEquals(1, arena.claim(onlyClaim()).games().size());
    assertEquals(List.of(), recorder.failures);
  }

  @Test
  void opponentWhoStopsMoving_isTimedOut() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(500, 5));
    try (Challenger challenger = new Challenger(context(Arena.CHALLENGER, honest()))) {
      rounds(100, 60, challenger);
    }
    assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    assertTrue(recorder.accepted.stream().anyMatch(intent -> intent.kind() == IntentKind.TIME_OUT));
  }

  @Test
  void challenger_whoseClaimIsRefutedByAnother_closesItsGame() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(500, 5));
    try (Challenger challenger = new Challenger(context(Arena.CHALLENGER, honest()))) {
      challenger.poll();
      GameId other = arena.challenge(Arena.STRANGER, claim, arena.truth);
      arena.play(other, arena.lying(500, 5), arena.truth);
      rounds(2, 1, challenger);
    }
    assertEquals(0, arena.claim(claim).openGames());
    assertEquals(GameStatus.CLOSED, arena.game(arena.claim(claim).games().getFirst()).status());
    assertFalse(arena.as(Arena.CHALLENGER).balance(Arena.CHALLENGER).isLessThan(Wei.ether(100)));
  }

  @Test
  void agent_modelThatItDidNotDerive_isNotTouched() {
    ModelRunner other =
        ModelRunner.ofTraces(
            new ModelId(new Bytes32(1, 2, 3, 4)), request -> new ToyTrace(arena.model, request));
    ClaimId claim = arena.claim(Arena.STRANGER, arena.lying(1, 1));
    try (Proposer proposer =
            new Proposer(context(Arena.PROPOSER, other), ProposerPolicy.ALL, SECRET);
        Challenger challenger = new Challenger(context(Arena.CHALLENGER, other))) {
      rounds(5, 60, proposer, challenger);
    }
    assertEquals(List.of(), recorder.accepted);
    assertEquals(0, arena.claim(claim).openGames());
  }

  @Test
  void agent_unexpectedDeployment_refusesToStart() {
    Deployment actual = arena.as(Arena.PROPOSER).deployment();
    for (Deployment expected :
        List.of(
            new Deployment(
                new ArbiterIdentity(1, Arena.IDENTITY.arbiter()),
                actual.parameters(),
                actual.code()),
            new Deployment(
                actual.identity(),
                Arena.parameters(Arity.of(16), java.util.Set.of()),
                actual.code()),
            new Deployment(actual.identity(), actual.parameters(), "another"))) {
      assertThrows(
          UnexpectedDeploymentException.class,
          () ->
              new AgentContext(
                  arena.as(Arena.PROPOSER),
                  expected,
                  List.of(),
                  new MemoryJournal(),
                  AgentListener.NONE,
                  Runnable::run,
                  0));
    }
  }

  @Test
  void challenger_tooCloseToTheDeadline_doesNotChallenge() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(1, 1));
    arena.blocks.advance(7195);
    try (Challenger challenger = new Challenger(context(Arena.CHALLENGER, honest()))) {
      challenger.poll();
    }
    assertEquals(0, arena.claim(claim).games().size());
  }

  /**
   * A crash between seal and reveal: the salt follows from the secret, so the restarted proposer
   * can open its seal.
   */
  @Test
  void proposer_restartedBetweenSealAndReveal_reveals() {
    proposer(honest()).poll();
    arena.blocks.advance(60);
    proposer(honest()).poll();
    assertEquals(ClaimStatus.REVEALED, arena.claim(onlyClaim()).status());
  }

  @Test
  void proposer_thatMissedItsReveal_claimsAgain() {
    proposer(honest()).poll();
    arena.blocks.advance(700);
    arena.as(Arena.STRANGER).expire(onlyClaim());
    Proposer proposer = proposer(honest());
    rounds(3, 60, proposer);
    assertEquals(2, arena.request().claims().size());
    assertEquals(ClaimStatus.REVEALED, arena.claim(arena.request().claims().get(1)).status());
  }

  /** The proposer was sealed second, and the first claim only waits for somebody to expire it. */
  @Test
  void proposer_waitingForItsFee_decidesEarlierClaims() {
    arena
        .as(Arena.STRANGER)
        .seal(
            arena.request,
            new dev.opml.dispute.Seal(new Bytes32(8, 8, 8, 8)),
            arena.truth.output());
    try (Proposer proposer =
        new Proposer(context(Arena.PROPOSER, honest()), ProposerPolicy.ALL, SECRET)) {
      rounds(130, 60, proposer);
    }
    assertEquals(ClaimStatus.EXPIRED, arena.claim(onlyClaim()).status());
    assertTrue(arena.request().feeGone());
  }

  /** One game's machine trace never comes back; the other games of the same agent go on. */
  @Test
  void stuckGame_delaysNoOther() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Function<InferenceRequest, Trace> traces =
        request ->
            new StuckTrace(
                new ToyTrace(arena.model, request), new NodeIndex(250), entered, release);
    ClaimId claim = arena.claim(Arena.STRANGER, arena.truth);
    GameId stuck = arena.challenge(Arena.CHALLENGER, claim, arena.lying(250, 3));
    Address second = Address.named("second");
    arena.arbiter.fund(second, Arena.CHALLENGER_BOND);
    GameId free = arena.challenge(second, claim, arena.lying(750, 3));
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      Proposer proposer =
          new Proposer(
              context(
                  Arena.STRANGER,
                  ModelRunner.ofTraces(arena.model.id(), traces),
                  new MemoryJournal(),
                  workers),
              ProposerPolicy.UNANSWERED,
              SECRET);
      try (Challenger one =
              new Challenger(context(Arena.CHALLENGER, lying(Fabrication.about(250, 3))));
          Challenger two = new Challenger(context(second, lying(Fabrication.about(750, 3))))) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (arena.game(free).status() == GameStatus.OPEN && System.nanoTime() < until) {
          proposer.poll();
          one.poll();
          two.poll();
          Thread.sleep(5);
        }
        assertEquals(GameStatus.PROPOSER_WON, arena.game(free).status());
        assertTrue(entered.await(10, TimeUnit.SECONDS));
        assertEquals(GameStatus.OPEN, arena.game(stuck).status());
        release.countDown();
        while (arena.game(stuck).status() == GameStatus.OPEN && System.nanoTime() < until) {
          proposer.poll();
          one.poll();
          Thread.sleep(5);
        }
        assertEquals(GameStatus.PROPOSER_WON, arena.game(stuck).status());
      }
    }
  }

  private record RecordingJournal(Journal delegate, List<dev.opml.dispute.journal.Outcome> outcomes)
      implements Journal {
    @Override
    public long begin(Intent intent) {
      return delegate.begin(intent);
    }

    @Override
    public void sent(long sequence, SentTransaction transaction) {
      delegate.sent(sequence, transaction);
    }

    @Override
    public void end(long sequence, dev.opml.dispute.journal.Outcome outcome) {
      outcomes.add(outcome);
      delegate.end(sequence, outcome);
    }

    @Override
    public List<dev.opml.dispute.journal.PendingIntent> pending() {
      return delegate.pending();
    }

    @Override
    public void keep(SealedAnswer answer) {
      delegate.keep(answer);
    }

    @Override
    public void drop(ClaimId claim) {
      delegate.drop(claim);
    }

    @Override
    public Optional<SealedAnswer> kept(ClaimId claim) {
      return delegate.kept(claim);
    }

    @Override
    public List<SealedAnswer> kept() {
      return delegate.kept();
    }

    @Override
    public void close() {
      delegate.close();
    }
  }

  private record StuckTrace(
      Trace delegate, NodeIndex at, CountDownLatch entered, CountDownLatch release)
      implements Trace {
    @Override
    public ModelId modelId() {
      return delegate.modelId();
    }

    @Override
    public InferenceRequest request() {
      return delegate.request();
    }

    @Override
    public dev.opml.api.TokenIds output() {
      return delegate.output();
    }

    @Override
    public long length() {
      return delegate.length();
    }

    @Override
    public List<dev.opml.api.StateRoot> rootsAt(List<NodeIndex> boundaries) {
      return delegate.rootsAt(boundaries);
    }

    @Override
    public dev.opml.api.SiblingPath outputPath() {
      return delegate.outputPath();
    }

    @Override
    public MachineTrace machine(NodeIndex node) {
      if (node.equals(at)) {
        entered.countDown();
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return delegate.machine(node);
    }

    @Override
    public dev.opml.api.trace.NodeDescription describe(NodeIndex node) {
      return delegate.describe(node);
    }

    @Override
    public void close() {
      delegate.close();
    }
  }

  /** A failure of the runner is reported and tried again; it does not stop the agent. */
  @Test
  void runnerThatFailsOnce_isTriedAgain() {
    int[] calls = {0};
    ModelRunner flaky =
        ModelRunner.ofTraces(
            arena.model.id(),
            request -> {
              if (calls[0]++ == 0) {
                throw new IllegalStateException("out of memory, say");
              }
              return new ToyTrace(arena.model, request);
            });
    try (Proposer proposer = proposer(flaky)) {
      rounds(2, 1, proposer);
    }
    assertEquals(1, recorder.failures.size());
    assertEquals(1, arena.request().claims().size());
  }

  @Test
  void loop_pollsUntilItIsClosed() throws Exception {
    try (Proposer proposer = proposer(honest())) {
      AgentLoop loop = AgentLoop.start(proposer, Duration.ofMillis(2), recorder);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (recorder.accepted() == 0 && System.nanoTime() < until) {
        Thread.sleep(2);
      }
      loop.close();
    }
    assertEquals(1, arena.request().claims().size());
  }
}
