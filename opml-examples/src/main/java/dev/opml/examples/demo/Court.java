package dev.opml.examples.demo;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
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
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.local.LocalArbiter;
import dev.opml.dispute.local.ManualBlocks;
import dev.opml.vm.machine.WitnessStep;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An arbiter in this process with a proposer and a challenger that have money, and a clock that is
 * moved on by hand, so that windows of a day pass at once. Not thread-safe.
 */
public final class Court implements AutoCloseable {
  private static final Wei FUNDS = Wei.ether(100);
  private static final Wei FEE = Wei.gwei(10_000_000);
  private static final Address PUBLISHER = Address.named("publisher");
  private static final Address REQUESTER = Address.named("requester");
  private static final Address PROPOSER = Address.named("proposer");
  private static final Address CHALLENGER = Address.named("challenger");
  private static final ArbiterIdentity IDENTITY =
      new ArbiterIdentity(31337, Address.named("arbiter"));

  private final ManualBlocks blocks = new ManualBlocks();
  private final LocalArbiter arbiter;
  private final ArbiterParameters parameters;
  private final GraphHeader header;
  private final Agent proposer;
  private final Agent challenger;
  private @Nullable Throwable failure;

  /**
   * Opens an arbiter.
   *
   * @param arity segments a move; empty for those of the standard parameters
   * @param registration the model
   * @param proposers what the proposer computes with
   * @param challengers what the challenger computes with
   * @param verdicts is told what the challenger finds
   */
  public Court(
      Optional<Arity> arity,
      Registration registration,
      ModelRunner proposers,
      ModelRunner challengers,
      Consumer<Verification> verdicts) {
    this.parameters = parameters(arity, registration.programRoot());
    this.header = registration.header();
    this.arbiter = new LocalArbiter(IDENTITY, parameters, new WitnessStep(), blocks);
    for (Address account : List.of(REQUESTER, PROPOSER, CHALLENGER)) {
      arbiter.fund(account, FUNDS);
    }
    arbiter
        .connect(PUBLISHER)
        .register(registration, new ModelSource(Bytes32.ZERO, BundledModel.NAME));
    this.proposer =
        new Proposer(
            context(PROPOSER, proposers, new Watcher(_ -> {})),
            ProposerPolicy.UNANSWERED,
            new Salt(new Bytes32(1, 2, 3, 4)));
    this.challenger = new Challenger(context(CHALLENGER, challengers, new Watcher(verdicts)));
  }

  /** The standard parameters, with bonds that also pay for the many moves of a small arity. */
  private static ArbiterParameters parameters(Optional<Arity> arity, Bytes32 programRoot) {
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

  private AgentContext context(Address account, ModelRunner runner, AgentListener listener) {
    Arbiter connection = arbiter.connect(account);
    return new AgentContext(
        connection,
        new Deployment(IDENTITY, parameters, connection.deployment().code()),
        List.of(runner),
        new MemoryJournal(),
        listener,
        Runnable::run,
        0);
  }

  /** The arbiter, to watch. */
  public LocalArbiter arbiter() {
    return arbiter;
  }

  /** The bonds and rewards. */
  public MoneyRules money() {
    return parameters.money();
  }

  /** Asks for an inference. */
  public RequestId ask(ModelId model, InferenceRequest inference) {
    long traceLength = inference.traceLength(header);
    long deadline = blocks.head().time() + Windows.of(parameters).leastSealing(traceLength);
    FinalityPolicy policy = FinalityPolicy.least(parameters, traceLength);
    return arbiter
        .connect(REQUESTER)
        .request(new RequestTerms(model, inference, FEE, deadline, REQUESTER, policy, 0));
  }

  /** Lets time pass, and each agent act once. */
  public void round(long seconds) {
    blocks.advance(seconds);
    proposer.poll();
    challenger.poll();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  /** Long enough that every window of a request has ended. */
  long afterChallenges(InferenceRequest inference) {
    return Windows.of(parameters).leastChallenge(inference.traceLength(header)) + 1;
  }

  /** What the proposer gained, with what it can withdraw. */
  public Gain proposersGain() {
    return gain(PROPOSER);
  }

  /** What the challenger gained, with what it can withdraw. */
  public Gain challengersGain() {
    return gain(CHALLENGER);
  }

  private Gain gain(Address account) {
    Arbiter connection = arbiter.connect(account);
    return Gain.between(FUNDS, connection.balance(account).plus(connection.credit(account)));
  }

  @Override
  public void close() {
    proposer.close();
    challenger.close();
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
      if (failure == null) {
        failure = thrown;
      }
    }
  }
}
