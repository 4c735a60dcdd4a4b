package dev.opml.examples.demo;

import dev.opml.api.StateRoot;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.testing.Liar;
import dev.opml.testing.Lie;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.util.SplittableRandom;

/**
 * Plays one dispute from the request to the payment: somebody lies, and the arbiter finds out by
 * executing one instruction. With the same settings the same happens, always.
 */
public final class DisputeDemo {
  private static final int MOST_ROUNDS = 500;
  private static final int ROUNDS_TO_SETTLE = 4;
  private static final int MOST_LIES = 200;

  private final GgufExecutor executor;
  private final StartingChain chain;
  private final DemoSettings settings;
  private final DemoListener listener;

  /**
   * A demonstration with {@code executor}'s model.
   *
   * @param executor stays the caller's
   * @param chain where it is played; stays the caller's
   */
  public DisputeDemo(
      GgufExecutor executor, StartingChain chain, DemoSettings settings, DemoListener listener) {
    this.executor = executor;
    this.chain = chain;
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * Plays.
   *
   * @throws dev.opml.api.LimitExceededException if the prompt and tokens do not fit the model
   * @throws IllegalArgumentException if a setting is out of range
   * @throws IOException if the chain does not start
   */
  public DemoResult play() throws IOException {
    InferenceRequest request =
        InferenceRequest.greedy(
            executor.tokenizer().encodePrompt(settings.prompt()), settings.tokens());
    listener.onRequest(request);
    try (Trace truth = executor.trace(request, Players.progress(listener));
        Liar computing = new Liar(executor.image(), ExecutorOptions.DEFAULT)) {
      Lie lie = lieWithConsequences(request, truth, computing);
      listener.onLie(lie, truth.describe(lie.node()));
      Players players = new Players(executor, computing, listener);
      boolean proposerLies = settings.liar() == Side.PROPOSER;
      ModelRunner honest = players.honest();
      ModelRunner liar = players.liar(lie, proposerLies);
      DemoChain started = chain.get();
      try (Court court =
          new Court(
              started,
              executor.registration(),
              proposerLies ? liar : honest,
              proposerLies ? honest : liar,
              listener::onVerdict)) {
        return play(court, started, request, truth);
      }
    }
  }

  /** Many lies are overwritten before the end, which then is as claimed: nothing to dispute. */
  private Lie lieWithConsequences(InferenceRequest request, Trace truth, Liar computing) {
    LieChooser chooser =
        new LieChooser(
            executor.image().graph(),
            request,
            truth.output(),
            new SplittableRandom(settings.seed()));
    StateRoot right = truth.finalRoot();
    for (int i = 0; i < MOST_LIES; i++) {
      Lie lie = chooser.next(settings.cheat());
      try (Trace lying = computing.trace(request, lie, Players.progress(listener))) {
        if (!lying.finalRoot().equals(right)) {
          return lie;
        }
      }
    }
    throw new IllegalStateException("no lie of " + MOST_LIES + " changes the final root");
  }

  private DemoResult play(Court court, DemoChain chain, InferenceRequest request, Trace truth) {
    GameRecord record = new GameRecord();
    court.watch(event -> {
      listener.onEvent(event);
      record.add(event);
      if (event instanceof GameEvent move) {
        record.newNode(move).ifPresent(node -> listener.onNode(truth.describe(node)));
      }
    });
    RequestId id = court.ask(truth.modelId(), request);
    for (int round = 0; !record.ended(); round++) {
      if (round == MOST_ROUNDS) {
        throw new IllegalStateException("no end after " + round + " rounds: request " + id);
      }
      court.round(chain.blockSeconds());
    }
    court.round(court.afterChallenges(request));
    for (int i = 0; i < ROUNDS_TO_SETTLE; i++) {
      court.round(chain.blockSeconds());
    }
    return result(court, chain, record, truth);
  }

  private DemoResult result(Court court, DemoChain chain, GameRecord record, Trace truth) {
    GameEvent.InstructionExecuted executed = record.executed();
    Position last = executed.position();
    NodeDescription node = truth.describe(last.node());
    try (MachineTrace machine = truth.machine(last.node())) {
      return new DemoResult(
          settings.liar(),
          record.winner(),
          node,
          last.low(),
          machine.disassemble(new InstructionIndex(last.low())),
          machine.instructionCount(),
          record.moves(),
          last.agreed(),
          last.end(Side.PROPOSER).orElseThrow(),
          last.end(Side.CHALLENGER).orElseThrow(),
          executed.result().value(),
          court.proposersGain(),
          court.challengersGain(),
          chain.burnt(),
          court.blocks(),
          court.agentSeconds(),
          chain.gas());
    }
  }
}
