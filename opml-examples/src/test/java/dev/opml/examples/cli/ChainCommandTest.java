package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.Bytes32;
import dev.opml.ethereum.DeploymentFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainCommandTest {
  private static final String ID = "0x" + "ab".repeat(32);

  /** Nobody listens there. */
  private static final String RPC = "http://127.0.0.1:1";

  private static final List<String> COMMANDS =
      List.of("deploy", "register", "request", "claims", "games", "game", "withdraw", "agent");

  @TempDir private Path folder;

  private static CommandRun run(List<String> line) {
    return CommandRun.of(line.toArray());
  }

  @Test
  void help_ofEveryCommand_printsItAndSucceeds() {
    String all = CommandRun.of("chain", "--help").expect(ExitStatus.HOLDS).out();
    for (String command : COMMANDS) {
      assertTrue(all.contains("  " + command + " "), command);
      String one = CommandRun.of("chain", command, "--help").expect(ExitStatus.HOLDS).out();
      assertTrue(one.contains("--json") && one.contains("--rpc"), one);
      boolean signs = !List.of("claims", "games", "game").contains(command);
      assertEquals(signs, one.contains("--password-file"), one);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chain|a command is missing",
        "chain claims --deployment x|--rpc",
        "chain claims --rpc http://localhost|--deployment",
        "chain claims --rpc ftp://localhost --deployment x|--rpc",
        "chain claims --rpc http:// --deployment x|--rpc",
        "chain claims --rpc http://localhost --deployment x --request 12|12",
        "chain deploy --rpc http://localhost --deployment none|--chain-id",
        "chain deploy --rpc http://localhost --deployment none --chain-id 0|--chain-id",
        "chain deploy --rpc http://localhost --deployment none --chain-id 1|--key-file",
        "chain withdraw --rpc http://localhost --deployment x --key-file x|--password-file",
        "chain game --rpc http://localhost --deployment x|ID",
        "chain request --rpc http://localhost --deployment x --model x|--prompt",
        "chain request --rpc http://x --deployment x --model x --prompt a --fee 1e3|--fee",
        "chain request --rpc http://x --deployment x --model x --prompt a --bond -1|--bond",
        "chain request --rpc http://x --deployment x --model x --prompt a --top-p 2|--top-p",
        "chain agent --rpc http://x --deployment x --model x|--role",
        "chain agent --rpc http://x --deployment x --model x --role judge|--role",
        "chain agent --rpc http://x --deployment x --role verifier|--model",
        "chain agent --rpc http://x --deployment x --model x --role proposer|--state",
        "chain agent --rpc http://x --deployment x --model x --role verifier --state x|--state",
        "chain agent --rpc http://x --deployment x --model x --role challenger --state x --once"
            + "|--once",
        "chain agent --rpc http://x --deployment x --model x --role verifier --every 0|--every"
      })
  void chain_commandLineThatMakesNoSense_isAUsageErrorNamingIt(String line, String names) {
    CommandRun run = CommandRun.of((Object[]) line.split(" ")).expect(ExitStatus.USAGE);
    assertTrue(run.errorLine().contains(names), run.err());
  }

  @Test
  void rpc_addressThatIsNone_isNotRepeated() {
    for (String url :
        new String[] {"https://node.example/v3/SECRET KEY", "ftp://SECRET", "wss://x/SECRET"}) {
      for (Object[] line :
          new Object[][] {
            {"chain", "claims", "--json", "--deployment", "x", "--rpc", url},
            {"demo", "--json", "--rpc", url}
          }) {
        CommandRun run = CommandRun.of(line).expect(ExitStatus.USAGE);
        assertFalse((run.out() + run.err()).contains("SECRET"), run.err());
        assertTrue(run.errorLine().contains("--rpc"), run.err());
      }
    }
  }

  /** An address in the place of something else is not repeated either. */
  @Test
  void usageError_addressInAnotherPlace_showsItsHostOnly() {
    CommandRun run =
        CommandRun.of("chain", "claims", "https://node.example/v3/SECRET", "--deployment", "x")
            .expect(ExitStatus.USAGE);
    assertFalse(run.err().contains("SECRET"), run.err());
  }

  @Test
  void demo_windowBeyondAllBlocks_isAUsageError() throws Exception {
    String line =
        CommandRun.of(
                "demo",
                "--rpc",
                RPC,
                "--chain-id",
                1,
                "--window",
                Long.MAX_VALUE,
                "--key-file",
                Keystore.write(folder.resolve("key"), new Bytes32(1, 2, 3, 4), "x"),
                "--password-file",
                Files.writeString(folder.resolve("password"), "x"))
            .expect(ExitStatus.USAGE)
            .errorLine();
    assertTrue(line.contains("--window"), line);
  }

  @Test
  void key_bareKeyForAKeystore_isRefusedWithoutRepeatingIt() throws Exception {
    String key = TestChain.key("bare").toHex().substring(2);
    CommandRun run =
        CommandRun.of(
                "chain",
                "deploy",
                "--json",
                "--rpc",
                RPC,
                "--deployment",
                folder.resolve("new"),
                "--chain-id",
                1,
                "--key-file",
                Files.writeString(folder.resolve("key"), key),
                "--password-file",
                Files.writeString(folder.resolve("password"), "x"))
            .expect(ExitStatus.REFUSED);
    assertFalse((run.out() + run.err()).contains(key.substring(1, 9)), run.err());
    assertTrue(run.errorLine().contains(folder.resolve("key").toString()), run.err());
  }

  @Test
  void deploy_noBlockInTime_keepsWhatWillBeThere() throws Exception {
    try (TestChain chain = TestChain.start(folder, 60, "--block-time", "3600")) {
      chain.account("deployer");
      Path unverified = chain.file("deployment.json.unverified");
      Thread deploying = Thread.ofPlatform().start(() -> run(chain.deployment("deployer")));
      while (deploying.isAlive()
          && chain.anvil().ask("txpool_status").path("pending").asText().equals("0x0")) {
        Thread.onSpinWait();
      }
      chain.close(); // it is never answered again
      deploying.interrupt();
      deploying.join();
      assertEquals(31337, DeploymentFile.read(unverified).chainId());
      assertFalse(Files.exists(chain.file("deployment.json")));
    }
  }

  @Test
  void deployment_thatIsNone_isRefusedNamingFileAndPlace() throws Exception {
    Path file = Files.writeString(folder.resolve("d"), "{\"chainId\":1}");
    CommandRun run =
        CommandRun.of("chain", "claims", "--rpc", RPC, "--deployment", file, "--json")
            .expect(ExitStatus.REFUSED);
    assertTrue(run.errorLine().contains(file.toString()), run.err());
    assertEquals(ExitStatus.REFUSED, run.json().get("status").intValue());
  }

  @Test
  void deploy_fileThatExists_isRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("d"), "kept");
    CommandRun.of("chain", "deploy", "--rpc", RPC, "--deployment", file, "--chain-id", 1)
        .expect(ExitStatus.REFUSED)
        .errorLine();
    assertEquals("kept", Files.readString(file));
  }

  @Test
  void deploy_nobodyAnswers_isRefusedAndWritesNothing() throws Exception {
    CommandRun run = deploy("secret", "secret").expect(ExitStatus.REFUSED);
    assertTrue(run.errorLine().contains("127.0.0.1"), run.err());
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count(), "key and password");
    }
  }

  @Test
  void key_anotherPassword_isRefusedWithoutTellingIt() throws Exception {
    CommandRun run = deploy("secret", "swordfish");
    String line = run.expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains(folder.resolve("key").toString()), line);
    assertFalse(line.contains("swordfish"), line);
  }

  /** Deploys where nobody listens. */
  private CommandRun deploy(String password, String given) throws Exception {
    return CommandRun.of(
        "chain",
        "deploy",
        "--rpc",
        RPC,
        "--deployment",
        folder.resolve("new"),
        "--chain-id",
        1,
        "--key-file",
        Keystore.write(folder.resolve("key"), new Bytes32(1, 2, 3, 4), password),
        "--password-file",
        Files.writeString(folder.resolve("password"), given));
  }

  /** From the deployment to a request that nobody has answered yet. */
  @Test
  void chain_deployRegisterAndRequest_areThereForOthers() throws Exception {
    try (TestChain chain = TestChain.start(folder, 60)) {
      String requester = chain.account("requester").address().toHex();
      JsonNode deployed = run(chain.deployment("requester")).expect(ExitStatus.HOLDS).json();
      assertEquals(31337, deployed.get("chainId").asLong());
      String model = TestModels.bundled().toString();
      List<String> request =
          chain.signed(
              "requester", "request", "--model", model, "--prompt", "Once", "--fee", "0.5");
      assertTrue(run(request).expect(ExitStatus.REFUSED).err().contains("UNKNOWN_MODEL"));
      JsonNode registered =
          run(chain.signed("requester", "register", "--model", model)).expect(0).json();
      JsonNode made = run(request).expect(ExitStatus.HOLDS).json();
      assertEquals(registered.get("model"), made.get("model"));
      assertEquals("500000000000000000", made.get("feeWei").asText());
      JsonNode all = run(chain.line("claims")).expect(ExitStatus.HOLDS).json();
      assertEquals(1, all.get("requests").size());
      JsonNode seen = all.get("requests").get(0);
      assertEquals(made.get("request"), seen.get("request"));
      assertEquals("open", seen.get("status").asText());
      assertEquals(requester, seen.get("requester").asText());
      assertEquals(0, seen.get("claims").size());
      assertEquals(0, run(chain.line("games")).expect(0).json().get("games").size());
      run(chain.line("game", ID)).expect(ExitStatus.REFUSED).errorLine();
      run(chain.line("claims", "--request", ID)).expect(ExitStatus.REFUSED).errorLine();
      assertEquals(
          "0", run(chain.signed("requester", "withdraw")).json().get("withdrawnWei").asText());
      JsonNode checked =
          run(chain.line("agent", "--role", "verifier", "--once", "--model", model))
              .expect(ExitStatus.HOLDS)
              .json();
      assertEquals(0, checked.get("checked").asInt(-1));
    }
  }
}
