package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.ByteVector;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.Agent;
import dev.opml.dispute.agent.AgentContext;
import dev.opml.dispute.agent.AgentLimits;
import dev.opml.dispute.agent.AgentLoop;
import dev.opml.dispute.agent.Challenger;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.dispute.agent.Proposer;
import dev.opml.dispute.agent.ProposerLimits;
import dev.opml.dispute.agent.ProposerPolicy;
import dev.opml.dispute.agent.Verifier;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.view.ArbiterView;
import dev.opml.dispute.view.ChainFollower;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code opml chain agent}: plays before an arbiter. */
@Command(
    name = "agent",
    sortOptions = false,
    description =
        "Answers requests (proposer), checks claims and challenges false ones (challenger), or only"
            + " checks them (verifier). Each thing that it does is a line; with --json, a JSON"
            + " object.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:with --once: no claim is false",
      "1:with --once: a claim is false",
      "2:the command line makes no sense",
      "3:an input was refused, no node answers at the start, or, where no claim is false, one cannot"
          + " be checked",
      "141:a verifier's standard output is read no more",
      "128 and more:a signal has ended it, as one has to without --once"
    },
    footer = {
      "",
      "A signal (Ctrl-C) ends it after the round under way; started again with the same --state, it"
          + " goes on. Without that folder a proposer can lose the bonds of claims that it has not"
          + " revealed. It locks the bonds that requests and the deployment ask for: keep no more"
          + " money in its account than you would risk."
    })
final class ChainAgentCommand extends Subcommand {
  private static final int MEASURED_TOKENS = 8;

  @Mixin private ArbiterOptions arbiter = new ArbiterOptions();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      required = true,
      description = "proposer, challenger or verifier. A verifier sends nothing and needs no key.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Role role;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "GGUF file. Repeatable; requests about other models are left alone.")
  private List<Path> models = List.of();

  @Mixin private EngineOptions engine = new EngineOptions();

  @Option(
      names = "--state",
      paramLabel = "FOLDER",
      description =
          "Folder of its journal and its secret, made if it is missing; for proposer and"
              + " challenger.")
  private @Nullable Path state;

  @Mixin private KeyOptions key = new KeyOptions();

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      description = "Pause between two looks at the chain; default 4.")
  private int every = 4;

  @Option(
      names = "--once",
      description =
          "Verifier: check each claim that can be challenged now, and end; the status says whether "
              + "one is false. Without it, false claims are lines and it goes on.")
  private boolean once;

  @Option(
      names = "--least-fee",
      paramLabel = "ETHER",
      converter = EtherAmount.class,
      description = "Proposer: answer no request with a lower fee; default 0.001.")
  private Wei leastFee = ProposerLimits.DEFAULT.leastFee();

  @Option(
      names = "--most-bond",
      paramLabel = "ETHER",
      converter = EtherAmount.class,
      description = "Proposer: answer no request that asks for a higher bond; default 10.")
  private Wei mostBond = ProposerLimits.DEFAULT.mostBond();

  /** The file that is being opened. */
  private @Nullable Path subject;

  private int status = ExitStatus.HOLDS;

  /** Standard output, once it cannot be written any more. */
  private final BlockingQueue<StandardOutputException> lost = new ArrayBlockingQueue<>(1);

  /** The part that an agent plays. */
  enum Role {
    /** Answers. */
    PROPOSER,
    /** Checks and challenges. */
    CHALLENGER,
    /** Checks. */
    VERIFIER
  }

  ChainAgentCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  @Nullable Path subject() {
    return subject;
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    checkOptions();
    Arbiter connection = role == Role.VERIFIER ? arbiter.connect(this) : arbiter.connect(this, key);
    AgentLog log = new AgentLog(terminal(), json(), Clock.systemUTC(), this::onLost);
    List<GgufExecutor> executors = new ArrayList<>();
    try {
      ExecutorOptions options = engine.checkedOptions(this);
      for (Path model : models) {
        subject = model;
        executors.add(GgufExecutor.open(model, options));
      }
      subject = null;
      if (once) {
        CheckedClaims claims = checkOnce(connection, executors, log);
        claims.addTo(result.put("event", "ended"));
        sayLine(claims.describe());
        status = claims.status();
        return true;
      }
      play(connection, executors, log);
      return true;
    } finally {
      executors.forEach(GgufExecutor::close);
    }
  }

  @Override
  int status(boolean holds) {
    return status;
  }

  /** A verifier's lines are all that there is of it; the others have money at stake. */
  private void onLost(StandardOutputException failure) {
    if (once) {
      throw failure;
    }
    if (role == Role.VERIFIER) {
      boolean _ = lost.offer(failure);
    } else {
      terminal()
          .err()
          .println("opml: standard output: " + failure.getMessage() + "; it goes on without");
    }
  }

  private void checkOptions() {
    if (every < 1) {
      throw usage("--every must be at least 1, got " + every);
    }
    if (role == Role.VERIFIER && (state != null || key.given())) {
      throw usage("a verifier needs no key and no --state");
    }
    if (role != Role.VERIFIER && (state == null || once)) {
      throw usage(once ? "--once is for a verifier" : "--state is needed");
    }
  }

  private CheckedClaims checkOnce(Arbiter connection, List<GgufExecutor> executors, AgentLog log) {
    ArbiterView seen = ChainFollower.history(connection, arbiter.deployed().parameters());
    CheckedClaims claims = new CheckedClaims(log);
    for (ClaimView view : seen.claims()) {
      if (!view.canChallenge(seen.head().block(), 0)) {
        continue;
      }
      RequestTerms terms = seen.request(view.request()).orElseThrow().terms();
      executors.stream()
          .filter(it -> it.model().modelId().equals(terms.model()))
          .findFirst()
          .ifPresentOrElse(
              it -> claims.check(view.id(), () -> verify(it, terms, view)), claims::leaveOut);
    }
    return claims;
  }

  private Verification verify(GgufExecutor executor, RequestTerms terms, ClaimView view) {
    Claim claim =
        new Claim(terms.model(), terms.inference(), view.output(), view.finalRoot().orElseThrow());
    return executor.verify(claim, progressListener());
  }

  /** Plays until the process ends. */
  private void play(Arbiter connection, List<GgufExecutor> executors, AgentLog log)
      throws IOException {
    @Nullable AgentState files =
        state == null
            ? null
            : new AgentState(state, connection.deployment().identity(), connection.account());
    Journal journal = files == null ? new MemoryJournal() : files.journal();
    Map<ModelRunner, InferenceRequest> pieces = new HashMap<>();
    executors.forEach(executor -> pieces.put(ModelRunner.of(executor), piece(executor)));
    ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    AgentContext context =
        new AgentContext(
            connection,
            arbiter.deployed().spec().expected(),
            List.copyOf(pieces.keySet()),
            journal,
            log,
            workers,
            arbiter.deployed().parameters().clocks().secondsPerMove(),
            AgentLimits.measured(pieces));
    Agent agent = agent(context, files);
    log.write("started", connection.account(), Printable.name(role));
    AgentLoop loop = AgentLoop.start(agent, Duration.ofSeconds(every), log);
    // What a worker does then is cut off. The journal knows of it, or it has not begun.
    Runnable end =
        () -> {
          loop.close();
          journal.close();
          log.write("stopped", connection.account(), Printable.name(role));
        };
    Thread ending = new Thread(end);
    Runtime.getRuntime().addShutdownHook(ending);
    StandardOutputException failure;
    try {
      failure = lost.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    if (Runtime.getRuntime().removeShutdownHook(ending)) {
      end.run();
    }
    throw failure;
  }

  private Agent agent(AgentContext context, @Nullable AgentState files) throws IOException {
    return switch (role) {
      case PROPOSER -> {
        ProposerLimits usual = ProposerLimits.DEFAULT;
        ProposerLimits limits =
            new ProposerLimits(
                leastFee, mostBond, usual.longestChallengeWindow(), usual.longestTrace());
        yield new Proposer(
            context,
            ProposerPolicy.UNANSWERED.within(limits),
            Objects.requireNonNull(files).secret());
      }
      case CHALLENGER -> new Challenger(context);
      case VERIFIER -> new Verifier(context);
    };
  }

  /** Something short to measure how fast this machine is. */
  private static InferenceRequest piece(GgufExecutor executor) {
    int bytes = executor.model().header().inputBytes();
    return bytes > 0
        ? InferenceRequest.classify(ByteVector.of(new byte[bytes]))
        : new InferenceRequest(
            TokenIds.of(0, 0, 0, 0), MEASURED_TOKENS, SamplingParameters.GREEDY, StopPolicy.NEVER);
  }
}
