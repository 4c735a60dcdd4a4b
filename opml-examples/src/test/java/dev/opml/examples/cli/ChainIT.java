package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.Bytes32;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.AgentContext;
import dev.opml.dispute.agent.AgentListener;
import dev.opml.dispute.agent.AgentLoop;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.dispute.agent.Proposer;
import dev.opml.dispute.agent.ProposerPolicy;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.ethereum.DeployedArbiter;
import dev.opml.ethereum.DeploymentFile;
import dev.opml.ethereum.EthereumArbiter;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.KeySigner;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.wrappers.Arbiter;
import dev.opml.ethereum.wrappers.ClaimVerifier;
import dev.opml.ethereum.wrappers.Oracle;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that know of each other only what a chain tells them. */
class ChainIT {
  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final Path MODEL =
      MODULE.resolve("src/main/resources/dev/opml/examples/stories-3.7m.q8_0.gguf");
  private static final int STOPPED_BY_SIGNAL = 143;

  /** Longest wait for anything, in rounds of a command that asks; a round takes over a second. */
  private static final int MOST_ROUNDS = 300;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  /** Starts opml as the start script does, without its search for a JDK. */
  private Process start(String name, List<String> line) throws IOException {
    Path target = MODULE.resolve("target");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector,java.net.http",
                "--enable-native-access=ALL-UNNAMED",
                "--module-path",
                target.resolve("opml-examples.jar") + ":" + target.resolve("lib"),
                "--class-path",
                target.resolve("web3j") + "/*",
                "--module",
                "dev.opml.examples/dev.opml.examples.cli.Opml"));
    command.addAll(line);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve(name + ".out").toFile())
            .redirectError(folder.resolve(name + ".err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private CommandRun ended(String name, Process process) throws Exception {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      throw new AssertionError(name + " does not end: " + Files.readString(out(name)));
    }
    return new CommandRun(
        process.exitValue(),
        Files.readString(out(name)),
        Files.readString(folder.resolve(name + ".err")));
  }

  private Path out(String name) {
    return folder.resolve(name + ".out");
  }

  private CommandRun run(String name, List<String> line) throws Exception {
    return ended(name, start(name, line));
  }

  private TestChain chain(int challengeWindow) throws Exception {
    TestChain chain = TestChain.start(folder, challengeWindow, "--block-time", "1");
    chain.account("requester");
    run("deploy", chain.deployment("requester")).expect(ExitStatus.HOLDS);
    run("register", chain.signed("requester", "register", "--model", MODEL.toString()))
        .expect(ExitStatus.HOLDS);
    return chain;
  }

  private String request(TestChain chain) throws Exception {
    return run(
            "request",
            chain.signed(
                "requester",
                "request",
                "--model",
                MODEL.toString(),
                "--prompt",
                "Once upon a time",
                "--max-tokens",
                "3"))
        .expect(ExitStatus.HOLDS)
        .json()
        .get("request")
        .asText();
  }

  private Process agent(TestChain chain, String role) throws Exception {
    chain.account(role);
    return start(
        role,
        chain.signed(
            role,
            "agent",
            "--role",
            role,
            "--model",
            MODEL.toString(),
            "--every",
            "1",
            "--state",
            folder.resolve(role + ".state").toString()));
  }

  /** Asks until the answer is as wanted, in this process: others are asked once. */
  private static JsonNode await(List<String> line, Predicate<JsonNode> wanted, String what)
      throws Exception {
    JsonNode seen = null;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      CommandRun run = CommandRun.of(line.toArray());
      if (run.status() == ExitStatus.HOLDS) { // a block that is replaced is refused
        seen = run.json();
        if (wanted.test(seen)) {
          return seen;
        }
      }
      Thread.sleep(1_000);
    }
    throw new AssertionError(what + " has not come: " + seen);
  }

  private List<String> events(String name) throws IOException {
    List<String> events = new ArrayList<>();
    for (String line : Files.readAllLines(out(name))) {
      JsonNode event = new CommandRun(0, line, "").json();
      events.add(event.get("event").asText() + " " + event.get("more").asText());
    }
    return events;
  }

  @Test
  void request_ofOneProcess_isAnsweredByAnotherAndReadByAThird() throws Exception {
    try (TestChain chain = chain(10)) {
      String id = request(chain);
      Process proposer = agent(chain, "proposer");
      List<String> line = chain.line("claims", "--request", id, "--model", MODEL.toString());
      JsonNode _ =
          await(line, it -> it.at("/requests/0/status").asText().equals("final"), "an answer");
      JsonNode answer = run("claims", line).expect(ExitStatus.HOLDS).json().at("/requests/0");
      JsonNode claim = answer.at("/claims/0");
      assertEquals("final", claim.get("status").asText(), answer.toString());
      assertEquals(answer.get("finalClaim"), claim.get("claim"));
      String expected =
          CommandRun.of("run", MODEL, "Once upon a time", "--max-tokens", "3", "--json")
              .json()
              .get("text")
              .asText();
      assertEquals(expected, claim.get("text").asText());
      proposer.destroy();
      ended("proposer", proposer).expect(STOPPED_BY_SIGNAL);
      List<String> events = events("proposer");
      assertEquals("started proposer", events.getFirst());
      assertTrue(
          events.containsAll(List.of("accepted seal", "accepted reveal", "accepted settle")),
          events::toString);
      assertEquals("stopped proposer", events.getLast());
    }
  }

  /** All of web3j's wrappers that an application needs which asks a model. */
  @Test
  void question_ofAnApplicationOnWeb3j_isAnsweredByAnAgentsProcess() throws Exception {
    try (TestChain chain = chain(10);
        GgufExecutor executor = GgufExecutor.open(MODEL)) {
      DeployedArbiter deployed = DeploymentFile.read(chain.file("deployment.json"));
      InferenceRequest asked =
          InferenceRequest.greedy(executor.tokenizer().encodePrompt("Lily saw a"), 3);
      FinalityPolicy policy =
          FinalityPolicy.least(deployed.parameters(), asked.traceLength(executor.model().header()));
      try (Web3jApplication application =
          Web3jApplication.start(chain.anvil(), TestChain.key("requester"), deployed.arbiter())) {
        Oracle oracle = application.deployOracle();
        Arbiter.RequestMadeEventResponse made =
            application.ask(
                oracle,
                executor.model().modelId(),
                executor.registration(),
                asked,
                policy,
                Instant.now().getEpochSecond() + 1_000,
                Wei.gwei(1_000_000));
        Process proposer = agent(chain, "proposer");
        List<String> line = chain.line("claims", "--request", Bytes32.of(made.request).toHex());
        JsonNode _ = await(line, it -> status(it).equals("final"), "an answer");
        byte[] answer = executor.run(asked).output().encode();
        assertTrue(oracle.deliver(made.request, answer).send().isStatusOK());
        assertArrayEquals(answer, oracle.output(made.request).send());
        ClaimVerifier verifier = application.deployVerifier();
        byte[] output = application.outputRoot(made.request);
        byte[] model = made.terms.model;
        byte[] proof = Web3jApplication.proof(made);
        assertTrue(verifier.verify(made.inputRoot, output, model, proof).send());
        assertFalse(verifier.verify(output, output, model, proof).send());
        proposer.destroy();
        ended("proposer", proposer).expect(STOPPED_BY_SIGNAL);
      }
    }
  }

  @Test
  void lie_ofAProposer_isRefutedByAChallengersProcess() throws Exception {
    try (TestChain chain = chain(300);
        GgufExecutor executor = GgufExecutor.open(MODEL)) {
      KeySigner liar = chain.account("liar");
      String id = request(chain);
      AgentContext context = lying(chain, liar, executor);
      List<String> line = chain.line("claims", "--request", id);
      try (Proposer proposer =
              new Proposer(context, ProposerPolicy.UNANSWERED, new Salt(new Bytes32(1, 2, 3, 4)));
          AgentLoop _ = AgentLoop.start(proposer, Duration.ofSeconds(1), AgentListener.NONE)) {
        JsonNode _ = await(line, it -> status(it).equals("revealed"), "a claim");
        List<String> check =
            chain.line("agent", "--role", "verifier", "--once", "--model", MODEL.toString());
        String checked = run("verifier", check).expect(ExitStatus.DOES_NOT_HOLD).out();
        assertTrue(checked.contains("\"event\":\"false\""), checked);
        Process challenger = agent(chain, "challenger");
        JsonNode _ = await(line, it -> status(it).equals("refuted"), "a refutation");
        JsonNode games = run("games", chain.line("games")).expect(ExitStatus.HOLDS).json();
        JsonNode game = games.at("/games/0");
        assertEquals("challenger_won", game.get("status").asText(), games.toString());
        JsonNode one =
            run("game", chain.line("game", game.get("game").asText()))
                .expect(ExitStatus.HOLDS)
                .json();
        assertEquals(game.get("positionHash"), one.get("positionHash"));
        assertFalse(one.get("commitments").isEmpty(), one.toString());
        challenger.destroy();
        ended("challenger", challenger).expect(STOPPED_BY_SIGNAL);
        List<String> events = events("challenger");
        assertTrue(events.contains("accepted challenge"), events::toString);
        assertTrue(events.contains("accepted move"), events::toString);
      }
    }
  }

  @Test
  void demo_onAChainThatIsThere_endsAsElsewhereAndGivesBackWhatIsLeft() throws Exception {
    try (TestChain chain = TestChain.start(folder, 60, "--block-time", "1")) {
      String payer = chain.account("payer").address().toHex();
      JsonNode demo =
          run(
                  "demo",
                  List.of(
                      "demo",
                      "--json",
                      "--tokens",
                      "4",
                      "--chain-id",
                      Long.toString(Anvil.CHAIN_ID),
                      "--rpc",
                      chain.anvil().address().toString(),
                      "--window",
                      "20",
                      "--key-file",
                      chain.file("payer").toString(),
                      "--password-file",
                      chain.file("password").toString()))
              .expect(ExitStatus.HOLDS)
              .json();
      assertTrue(demo.get("truthWon").asBoolean(), demo.toString());
      assertTrue(demo.at("/gas/total").asLong() > 300_000, demo.toString());
      String wei = chain.anvil().ask("eth_getBalance", payer, "latest").asText();
      Wei left = new Wei(new BigInteger(wei.substring(2), 16));
      assertTrue(Wei.gwei(999_900_000_000L).isLessThan(left), "only gas, fee and bonds: " + left);
    }
  }

  private static String status(JsonNode claims) {
    return claims.at("/requests/0/claims/0/status").asText();
  }

  /** Parts of a proposer in this process that is wrong from a node in the middle on. */
  private static AgentContext lying(TestChain chain, KeySigner liar, GgufExecutor executor) {
    DeployedArbiter deployed = DeploymentFile.read(chain.file("deployment.json"));
    EthereumArbiter arbiter =
        EthereumArbiter.connect(
            deployed.spec(), List.of(chain.anvil().endpoint()), liar, FeePolicy.DEFAULT);
    ModelRunner runner =
        ModelRunner.ofTraces(
            executor.model().modelId(),
            request -> new FabricatedTrace(executor.trace(request), Fabrication.about(100, 1_000)));
    return new AgentContext(
        arbiter,
        deployed.spec().expected(),
        List.of(runner),
        new MemoryJournal(),
        AgentListener.NONE,
        Executors.newVirtualThreadPerTaskExecutor(),
        0);
  }
}
