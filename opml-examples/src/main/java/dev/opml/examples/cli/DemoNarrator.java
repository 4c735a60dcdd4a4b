package dev.opml.examples.cli;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Tokenizer;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.NodeDescription;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.examples.demo.DemoListener;
import dev.opml.examples.demo.DemoResult;
import dev.opml.examples.demo.Gain;
import dev.opml.testing.Lie;
import dev.opml.vm.executor.GgufExecutor;
import org.jspecify.annotations.Nullable;

/** Tells a demonstration, move by move, to people. */
final class DemoNarrator implements DemoListener {
  private static final int LABEL = 12;
  private static final int SHORT_HASH = 10;

  private final Subcommand command;
  private @Nullable Tokenizer tokenizer;
  private @Nullable GeneratedText text;
  private String prompt = "";
  private boolean speaking;
  private int moves;

  DemoNarrator(Subcommand command) {
    this.command = command;
  }

  /** What the proposer said so far. */
  String claimedText() {
    return text == null ? "" : text.whole();
  }

  InferenceListener openingProgress() {
    return new InferenceListener() {
      @Override
      public void onProgress(String stage, long done, long total) {
        DemoNarrator.this.onProgress(stage, done, total);
      }
    };
  }

  void opened(GgufExecutor executor, String promptText) {
    tokenizer = executor.tokenizer();
    prompt = promptText;
    tell(
        "model",
        "%s, %,d nodes a token"
            .formatted(
                executor.image().file().path().getFileName(),
                executor.model().header().nodesPerToken()));
    tell("", "model id " + executor.model().modelId());
  }

  @Override
  public void onRequest(InferenceRequest request) {
    if (tokenizer != null) {
      text = new GeneratedText(tokenizer, request.promptIds());
    }
    tell("request", "\"%s\", %d tokens, greedy".formatted(prompt, request.maxNewTokens()));
  }

  @Override
  public void onLie(Lie lie, NodeDescription node) {
    String what =
        MemoryRegion.OUTPUT.contains(lie.address())
            ? "another token"
            : "bit %d of the word at 0x%x flipped"
                .formatted(Integer.numberOfTrailingZeros(lie.mask()), lie.address());
    tell("the lie", "after node %,d (%s): %s".formatted(node.node().value(), place(node), what));
  }

  @Override
  public void onToken(int tokenId) {
    if (text == null) {
      return;
    }
    String piece = Printable.prose(text.push(tokenId));
    if (!speaking) {
      speaking = true;
      command.say(label("proposer") + prompt);
    }
    command.say(command.terminal().bold(piece));
  }

  @Override
  public void onVerdict(Verification verdict) {
    tell(
        "challenger",
        switch (verdict) {
          case Verification.Holds() -> "finds the claim true";
          case Verification.WrongToken(int index, int claimed, int computed) ->
              "says token %d should be %d, not %d".formatted(index, computed, claimed);
          case Verification.WrongFinalRoot(var claimed, var computed) ->
              "says the final root should be %s…, not %s…"
                  .formatted(brief(computed), brief(claimed));
          case Verification.WrongModel(var claimed, var computed) ->
              "says the model is %s…, not %s…".formatted(brief(computed), brief(claimed));
        });
  }

  @Override
  public void onEvent(ArbiterEvent event) {
    switch (event) {
      case ArbiterEvent.ClaimSealed _ -> tell("", "seals its claim with a bond");
      case ArbiterEvent.ClaimRevealed(_, var root) ->
          tell("", "reveals the final root " + brief(root) + "…");
      case GameEvent.Challenged challenged ->
          move(Side.CHALLENGER, "challenges, with a bond of its own", challenged.position());
      case GameEvent.Subdivided subdivided ->
          move(subdivided.mover(), "takes segment " + subdivided.segment(), subdivided.position());
      case GameEvent.MachineOpened opened ->
          move(opened.mover(), "opens the node's machine", opened.position());
      case GameEvent.InstructionExecuted executed -> {
        moves++;
        tell(
            "move " + moves,
            "the memory this instruction reads goes to the arbiter, which executes it");
      }
      case GameEvent.Ended ended -> ended.winner().ifPresent(winner -> paid(ended, winner));
      case ArbiterEvent.ClaimRefuted refuted ->
          tell(
              "claim",
              "refuted; the other %s of its bond are burnt: nobody gets them"
                  .formatted(ether(refuted.burnt())));
      case ArbiterEvent.ClaimFinal _ -> tell("claim", "final; the proposer gets its bond back");
      case ArbiterEvent.FeePaid paid ->
          tell("", "the proposer gets the fee of " + ether(paid.fee()));
      default -> {}
    }
  }

  private void paid(GameEvent.Ended ended, Side winner) {
    boolean proposerWon = winner == Side.PROPOSER;
    tell(
        "payment",
        "the %s gets %s of the %s's bond, for its moves and as a bounty"
            .formatted(
                Printable.name(winner),
                ether(ended.reward()),
                Printable.name(proposerWon ? Side.CHALLENGER : Side.PROPOSER)));
    tell("", "not more, or one could earn by losing to oneself");
    if (!ended.burnt().isZero()) {
      tell("", "the other %s are burnt: nobody gets them".formatted(ether(ended.burnt())));
    }
    if (!ended.returned().isZero()) {
      tell("", "the challenger gets its own bond back");
    }
  }

  private static String ether(Wei amount) {
    return Gain.ether(amount.amount());
  }

  private void move(Side mover, String what, Position at) {
    moves++;
    boolean nodes = at.phase() == Phase.NODES || at.phase() == Phase.NODE;
    tell(
        "move " + moves,
        "%-10s %s: %s %,d … %,d%s"
            .formatted(
                Printable.name(mover),
                what,
                nodes ? "nodes" : "instructions",
                at.low(),
                at.high(),
                at.segments() > 1 ? ", in " + at.segments() + " segments" : ""));
  }

  @Override
  public void onNode(NodeDescription node) {
    tell("node", "%,d: %s".formatted(node.node().value(), place(node)));
  }

  private static String place(NodeDescription node) {
    String layer = node.layer() < 0 ? "outside the layers" : "layer " + node.layer();
    return "%s, %s, position %d".formatted(node.operator(), layer, node.position());
  }

  @Override
  public void onProgress(String stage, long done, long total) {
    command.progress().show(stage, done, total);
  }

  void ended(DemoResult demo, double seconds) {
    tell(
        "instruction",
        "%,d of the node's %,d: %s"
            .formatted(demo.instruction(), demo.nodeInstructions(), demo.disassembly()));
    tell("", "agreed pre-state        " + demo.preState());
    tell("", "proposer's post-state   " + demo.proposersPostState());
    tell("", "challenger's post-state " + demo.challengersPostState());
    tell("", "executed post-state     " + demo.executedPostState());
    tell(
        "money",
        "since the beginning: proposer %s, challenger %s; %s are burnt, which nobody has"
            .formatted(demo.proposer(), demo.challenger(), ether(demo.burnt())));
    tell(
        "chain",
        "%,d blocks; %.1f seconds for the rounds of both agents"
            .formatted(demo.blocks(), demo.agentSeconds()));
    if (!demo.gas().isEmpty()) {
      demo.gas().table().forEach((what, gas) -> tell("gas", "%-10s %,9d".formatted(what, gas)));
    }
    tell(
        "result",
        command
            .terminal()
            .bold(
                "the %s lied and %s, in %d moves and %.1f seconds"
                    .formatted(
                        Printable.name(demo.liar()),
                        demo.truthWon() ? "lost" : "WON",
                        demo.moves(),
                        seconds)));
  }

  private void tell(String label, String what) {
    if (speaking) {
      speaking = false;
      command.sayLine("");
    }
    command.sayLine(label(label) + what);
  }

  private String label(String label) {
    return command.terminal().faint(label + " ".repeat(Math.max(1, LABEL - label.length())));
  }

  private static String brief(Object hash) {
    return hash.toString().substring(0, SHORT_HASH);
  }
}
