package dev.opml.examples.demo;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.Agent;
import dev.opml.dispute.agent.AgentContext;
import dev.opml.dispute.agent.AgentListener;
import dev.opml.dispute.agent.Challenger;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.dispute.agent.Proposer;
import dev.opml.dispute.agent.ProposerPolicy;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.examples.demo.DemoChain.Account;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An arbiter on a chain, with a proposer and a challenger that have money, and a clock that is
 * moved on by hand, so that windows of a day pass at once. Not thread-safe.
 */
public final class Court implements AutoCloseable {
  private static final Wei FEE = Wei.gwei(10_000_000);

  /** Seconds until a request is in a block, at the most: its deadline must not be too near then. */
  private static final long MARGIN = 60;

  private static final double NANOS = 1e9;

  private final DemoChain chain;
  private final ArbiterParameters parameters;
  private final Wei proposersFunds;
  private final Wei challengersFunds;
  private final GraphHeader header;
  private final Agent proposer;
  private final Agent challenger;
  private final long firstBlock;
  private long agentNanos;
  private @Nullable Throwable failure;

  /**
   * Opens a court, and registers the model.
   *
   * @param chain its chain, which is closed with it
   * @param registration the model
   * @param proposers what the proposer computes with
   * @param challengers what the challenger computes with
   * @param verdicts is told what the challenger finds
   */
  public Court(
      DemoChain chain,
      Registration registration,
      ModelRunner proposers,
      ModelRunner challengers,
      Consumer<Verification> verdicts) {
    this.chain = chain;
    this.parameters = chain.deployment().parameters();
    this.header = registration.header();
    this.firstBlock = head();
    this.proposersFunds = funds(Account.PROPOSER);
    this.challengersFunds = funds(Account.CHALLENGER);
    ModelId _ =
        chain
            .connect(Account.PUBLISHER)
            .register(registration, new ModelSource(Bytes32.ZERO, BundledModel.NAME));
    this.proposer =
        new Proposer(
            context(Account.PROPOSER, proposers, new Watcher(_ -> {})),
            ProposerPolicy.UNANSWERED,
            new Salt(new Bytes32(1, 2, 3, 4)));
    this.challenger =
        new Challenger(context(Account.CHALLENGER, challengers, new Watcher(verdicts)));
  }

  /**
   * The standard parameters, with bonds that also pay for the many moves of a small arity.
   *
   * @param arity segments a move; empty for those of the standard parameters
   * @param programRoot the guest program
   */
  public static ArbiterParameters parameters(Optional<Arity> arity, Bytes32 programRoot) {
    ArbiterParameters standard = ArbiterParameters.standard(Set.of(programRoot));
    MoneyRules money = standard.money();
    return new ArbiterParameters(
        arity.orElse(standard.arity()),
        standard.clocks(),
        standard.windows(),
        new MoneyRules(
            Wei.ether(5),
            money.claimBondPerNode(),
            Wei.ether(1),
            money.bounty(),
            money.burnBasisPoints(),
            money.rewards(),
            money.coveredGames()),
        standard.work(),
        standard.blockSeconds(),
        standard.programRoots());
  }

  private AgentContext context(Account account, ModelRunner runner, AgentListener listener) {
    return new AgentContext(
        chain.connect(account),
        chain.deployment(),
        List.of(runner),
        new MemoryJournal(),
        listener,
        Runnable::run,
        0);
  }

  /** Tells somebody of every event from now on, in order. */
  public void watch(Consumer<ArbiterEvent> watcher) {
    chain.watch(watcher);
  }

  /** The bonds and rewards. */
  public MoneyRules money() {
    return parameters.money();
  }

  /** Asks for an inference. */
  public RequestId ask(ModelId model, InferenceRequest inference) {
    long traceLength = inference.traceLength(header);
    Arbiter requester = chain.connect(Account.REQUESTER);
    long now = requester.head().block().time();
    long deadline = now + MARGIN + Windows.of(parameters).leastSealing(traceLength);
    FinalityPolicy policy = FinalityPolicy.least(parameters, traceLength);
    return requester.request(
        new RequestTerms(model, inference, FEE, deadline, requester.account(), policy, 0));
  }

  /** Lets time pass, and each agent act once. */
  public void round(long seconds) {
    chain.advance(seconds);
    long began = System.nanoTime();
    proposer.poll();
    challenger.poll();
    agentNanos += System.nanoTime() - began;
    chain.tell();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  private long head() {
    return chain.connect(Account.PUBLISHER).head().number();
  }

  /** Number of blocks since it was opened. */
  long blocks() {
    return head() - firstBlock;
  }

  /** Time that the agents took for their rounds. */
  double agentSeconds() {
    return agentNanos / NANOS;
  }

  /** Long enough that every window of a request has ended. */
  long afterChallenges(InferenceRequest inference) {
    return Windows.of(parameters).leastChallenge(inference.traceLength(header)) + 1;
  }

  /** The proposer's gain, with what it can withdraw, and less what it paid for gas. */
  public Gain proposersGain() {
    return Gain.between(proposersFunds, funds(Account.PROPOSER));
  }

  /** The challenger's gain, with what it can withdraw, and less what it paid for gas. */
  public Gain challengersGain() {
    return Gain.between(challengersFunds, funds(Account.CHALLENGER));
  }

  private Wei funds(Account account) {
    Arbiter connection = chain.connect(account);
    return connection.balance(connection.account()).plus(connection.credit(connection.account()));
  }

  @Override
  public void close() {
    proposer.close();
    challenger.close();
    chain.close();
  }

  /** Keeps the first failure: here, unlike on a chain, none is to be expected. */
  private final class Watcher implements AgentListener {
    private final Consumer<Verification> verdicts;

    Watcher(Consumer<Verification> verdicts) {
      this.verdicts = verdicts;
    }

    @Override
    public void onVerdict(ClaimId claim, Verification verdict) {
      verdicts.accept(verdict);
    }

    @Override
    public void onRefused(Intent intent, ArbiterRefusedException refusal) {
      fail(refusal);
    }

    @Override
    public void onNoMove(GameId game) {
      fail(new IllegalStateException("a player has no move in game " + game));
    }

    @Override
    public void onFailure(Object what, Throwable thrown) {
      fail(thrown);
    }

    private void fail(Throwable thrown) {
      // Both players send the witness. On a chain the second may not know yet that it is too late.
      boolean late =
          thrown instanceof ArbiterRefusedException refusal
              && refusal.reason() == Refusal.GAME_OVER;
      if (failure == null && !late) {
        failure = thrown;
      }
    }
  }
}
