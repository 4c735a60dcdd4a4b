package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.Side;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Signer;
import dev.opml.examples.demo.AnvilChain;
import dev.opml.examples.demo.BundledModel;
import dev.opml.examples.demo.Cheat;
import dev.opml.examples.demo.Court;
import dev.opml.examples.demo.DemoChain;
import dev.opml.examples.demo.DemoResult;
import dev.opml.examples.demo.DemoSettings;
import dev.opml.examples.demo.DisputeDemo;
import dev.opml.examples.demo.LiveChain;
import dev.opml.examples.demo.LocalChain;
import dev.opml.examples.demo.StartingChain;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.machine.GuestProgram;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code opml demo}: a dispute from the request to the payment. */
@Command(
    name = "demo",
    sortOptions = false,
    description =
        "Shows somebody lie about what a model said, and an arbiter find out by one instruction.")
final class DemoCommand extends Subcommand {
  private static final String PROMPT = "Once upon a time";
  private static final double NANOS = 1e9;
  private static final long DEFAULT_WINDOW = 120;

  @Option(
      names = "--cheat",
      paramLabel = "WHAT",
      description =
          "What the lie is about: node (default; one bit of an activation), token, or random.")
  private Cheat cheat = Cheat.NODE;

  @Option(names = "--liar", paramLabel = "WHO", description = "proposer (default) or challenger.")
  private Side liar = Side.PROPOSER;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = SamplingOptions.Seed.class,
      description = "Where the lie is; default 1. The same seed shows the same dispute.")
  private long seed = 1;

  @Option(names = "--tokens", paramLabel = "N", description = "Tokens to generate; default 24.")
  private int tokens = 24;

  @Option(
      names = "--k",
      paramLabel = "K",
      description = "Segments a move, 2 to 64; default 12 among nodes, 16 inside one.")
  private @Nullable Integer arity;

  @Option(
      names = "--chain",
      paramLabel = "CHAIN",
      description =
          "Where the arbiter is: local (default), in this process; or anvil, contracts on a chain"
              + " that is started for it.")
  private @Nullable Chain chain;

  @Option(
      names = "--anvil",
      paramLabel = "PROGRAM",
      description =
          "Program of the chain; by default the one that npm ci in opml-ethereum/contracts"
              + " installs.")
  private @Nullable Path anvil;

  @Option(
      names = "--rpc",
      paramLabel = "URL",
      converter = NodeAddress.class,
      description = {
        "Plays on a chain that is there already and makes blocks by itself, a test network say;"
            + " with --chain-id, --key-file and --password-file. That account deploys the contracts (7.2"
            + " million gas, or 4.3), lends each of four new accounts 0.02 ether and the price of 3"
            + " million gas, and gets back what is left. Bonds are a thousandth of those"
            + " elsewhere.",
        "Takes some 20 blocks, twice the time until a block is final, and --window. The accounts'"
            + " keys are in a file opml-loans-*.keys here until all is paid back."
      })
  private @Nullable URI rpc;

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      description = "With --rpc: number of the chain; nothing is signed for another.")
  private @Nullable Long chainId;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      description = "With --rpc: time for sealing and challenges; default 120.")
  private @Nullable Long window;

  @Mixin private KeyOptions key = new KeyOptions();

  /** Place of the arbiter. */
  enum Chain {
    /** In this process. */
    LOCAL,
    /** On a chain on this machine. */
    ANVIL
  }

  DemoCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    long started = System.nanoTime();
    checked(() -> require(tokens >= 1, "--tokens must be at least 1, got " + tokens));
    Optional<Arity> segments = Optional.ofNullable(arity).map(k -> checked(() -> arity(k)));
    DemoNarrator narrator = new DemoNarrator(this);
    try (StartingChain starting = start(segments);
        GgufExecutor executor =
            GgufExecutor.open(
                BundledModel.inCache(),
                ExecutorOptions.DEFAULT.withProgress(narrator.openingProgress()))) {
      narrator.opened(executor, PROMPT);
      DemoSettings settings = new DemoSettings(cheat, liar, seed, PROMPT, tokens);
      DemoResult demo = new DisputeDemo(executor, starting, settings, narrator).play();
      double seconds = (System.nanoTime() - started) / NANOS;
      narrator.ended(demo, seconds);
      describe(demo, narrator, seconds, result);
      return demo.truthWon();
    }
  }

  private StartingChain start(Optional<Arity> segments) throws IOException {
    DemoPlace place = place();
    ArbiterParameters usual = Court.parameters(segments, GuestProgram.bundled().root());
    ArbiterParameters parameters = rpc == null ? usual : brief(usual);
    return new StartingChain(() -> place.start(parameters));
  }

  /** Something that makes a chain with an arbiter. */
  private interface DemoPlace {
    DemoChain start(ArbiterParameters parameters) throws IOException;
  }

  private DemoPlace place() throws IOException {
    if (rpc != null) {
      return live(rpc);
    }
    if (key.given() || window != null || chainId != null) {
      throw usage("--chain-id, --key-file, --password-file, --gas-cap and --window need --rpc");
    }
    return switch (chain == null ? Chain.LOCAL : chain) {
      case LOCAL -> LocalChain::new;
      case ANVIL -> {
        Path program = anvil == null ? AnvilProgram.find() : anvil;
        yield parameters -> AnvilChain.start(program, parameters);
      }
    };
  }

  private DemoPlace live(URI node) throws IOException {
    if (chain != null) {
      throw usage("--chain and --rpc exclude each other");
    }
    Long id = chainId;
    if (id == null || id < 1) {
      throw usage("--rpc needs a --chain-id of at least 1: money is spent there");
    }
    Signer payer = key.signer(this);
    FeePolicy fees = key.fees(this);
    return parameters -> LiveChain.start(node, id, payer, fees, parameters, Path.of(""));
  }

  private ArbiterParameters brief(ArbiterParameters usual) {
    long seconds = window == null ? DEFAULT_WINDOW : window;
    checked(() -> require(seconds >= 1, "--window must be at least 1, got " + seconds));
    return checked("--window", () -> LiveChain.brief(usual, seconds));
  }

  private static Arity arity(int segments) {
    require(
        segments >= Arity.LEAST && segments <= Arity.MOST, "--k must be 2 to 64, got " + segments);
    return Arity.of(segments);
  }

  private static boolean require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
    return true;
  }

  private static void describe(
      DemoResult demo, DemoNarrator narrator, double seconds, ObjectNode result) {
    result
        .put("liar", Printable.name(demo.liar()))
        .put("winner", Printable.name(demo.winner()))
        .put("truthWon", demo.truthWon())
        .put("claimedText", narrator.claimedText())
        .put("node", demo.node().node().value())
        .put("operator", demo.node().operator())
        .put("layer", demo.node().layer())
        .put("position", demo.node().position())
        .put("instruction", demo.instruction())
        .put("disassembly", demo.disassembly())
        .put("moves", demo.moves())
        .put("nodeInstructions", demo.nodeInstructions())
        .put("preState", demo.preState().toHex())
        .put("proposerPostState", demo.proposersPostState().toHex())
        .put("challengerPostState", demo.challengersPostState().toHex())
        .put("executedPostState", demo.executedPostState().toHex())
        .put("proposerGainWei", demo.proposer().wei())
        .put("challengerGainWei", demo.challenger().wei())
        .put("burntWei", demo.burnt().amount())
        .put("blocks", demo.blocks())
        .put("agentSeconds", demo.agentSeconds())
        .put("seconds", seconds);
    if (!demo.gas().isEmpty()) {
      ObjectNode gas = result.putObject("gas");
      demo.gas().table().forEach(gas::put);
    }
  }
}
