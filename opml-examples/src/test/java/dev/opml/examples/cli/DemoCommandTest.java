package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.examples.demo.BundledModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoCommandTest {
  /** Rows of the bundled model's node table. */
  private static final int ROWS = 40;

  private static final int TOKENS = 4;

  @TempDir private static Path cache;

  /** A test leaves nothing in the user's folders. */
  @BeforeAll
  static void useOwnCache() {
    System.setProperty(BundledModel.FOLDER_PROPERTY, cache.toString());
  }

  @AfterAll
  static void forgetOwnCache() {
    System.clearProperty(BundledModel.FOLDER_PROPERTY);
  }

  @ParameterizedTest
  @CsvSource({
    "node,   proposer,   8",
    "token,  proposer,   64",
    "random, proposer,   2",
    "node,   challenger, 3",
    "token,  challenger, 16",
    "random, challenger, 8"
  })
  void demo_anyLie_loses(String cheat, String liar, int arity) {
    anyLieLoses(cheat, liar, arity, new Random().nextLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"proposer", "challenger"})
  void demo_onAChain_isTheSameDisputeAsInThisProcess(String liar) {
    Path _ = TestChain.program();
    String[] dispute = {"demo", "--json", "--liar", liar, "--tokens", "6", "--seed", "7"};
    JsonNode local = CommandRun.of((Object[]) dispute).json();
    String[] onChain = Arrays.copyOf(dispute, dispute.length + 2);
    onChain[dispute.length] = "--chain";
    onChain[dispute.length + 1] = "anvil";
    JsonNode chain = CommandRun.of((Object[]) onChain).json();
    assertTrue(chain.path("truthWon").asBoolean(), chain.toString());
    assertFalse(local.has("gas"), local.toString());
    for (String field :
        List.of("node", "instruction", "moves", "preState", "executedPostState", "burntWei")) {
      assertEquals(local.get(field), chain.get(field), field);
    }
    assertTrue(chain.path("blocks").asLong() > chain.path("moves").asLong(), chain.toString());
    assertTrue(chain.path("agentSeconds").asDouble() > 0, chain.toString());
    assertTrue(
        chain.path("agentSeconds").asDouble() < chain.path("seconds").asDouble(), chain.toString());
    JsonNode gas = chain.path("gas");
    long sum = 0;
    for (String part : List.of("challenge", "moves", "opening", "witness", "settle")) {
      sum += gas.path(part).asLong(-1);
    }
    assertEquals(sum, gas.path("total").asLong(), gas.toString());
    assertTrue(sum > 300_000 && sum < 800_000, gas.toString());
  }

  /**
   * A head at position 0, which is rotated by nothing: its word is stored twice, with one value.
   */
  @Test
  void demo_lieAboutAWordThatIsStoredTwice_endsInItsLastStore() {
    anyLieLoses("node", "challenger", 3, -8125759012384920488L);
  }

  /**
   * A residual is added to a word that the node also loads: a lie told before the load is added to,
   * too.
   */
  @Test
  void demo_lieAboutAWordThatIsAddedTo_endsInItsLastStore() {
    anyLieLoses("node", "challenger", 3, -5857421542242662007L);
  }

  private static void anyLieLoses(String cheat, String liar, int arity, long seed) {
    CommandRun run =
        CommandRun.of(
            "demo",
            "--cheat",
            cheat,
            "--liar",
            liar,
            "--k",
            arity,
            "--seed=" + seed,
            "--tokens",
            TOKENS,
            "--json");
    assertEquals(ExitStatus.HOLDS, run.status(), () -> "seed " + seed + ": " + run);
    JsonNode json = run.json();
    for (String field :
        List.of(
            "liar",
            "winner",
            "truthWon",
            "node",
            "operator",
            "layer",
            "position",
            "instruction",
            "moves",
            "nodeInstructions",
            "seconds")) {
      assertTrue(json.hasNonNull(field), field);
    }
    String message = "seed " + seed + ": " + json;
    assertEquals(liar, json.get("liar").textValue(), message);
    assertTrue(json.get("truthWon").booleanValue(), message);
    String truthful = liar.equals("proposer") ? "challenger" : "proposer";
    assertEquals(truthful, json.get("winner").textValue(), message);
    assertEquals(
        json.get(truthful + "PostState"), json.get("executedPostState"), "the arbiter's result");
    assertFalse(json.get(liar + "PostState").equals(json.get("executedPostState")), message);
    assertTrue(
        json.get("instruction").longValue() < json.get("nodeInstructions").longValue(), message);
    assertTrue(json.get("disassembly").textValue().contains(": s"), "a store: " + message);
    assertEquals(json.get("position").intValue(), json.get("node").intValue() / ROWS, message);
    if (cheat.equals("token")) {
      assertEquals("SAMPLE", json.get("operator").textValue(), message);
    }
    assertTrue(json.get(truthful + "GainWei").bigIntegerValue().signum() > 0, message);
    assertTrue(json.get(liar + "GainWei").bigIntegerValue().signum() < 0, message);
  }

  @Test
  void demo_asText_tellsTheGameMoveByMove() {
    CommandRun run = CommandRun.of("demo", "--tokens", TOKENS).expect(ExitStatus.HOLDS);
    for (String part :
        List.of(
            "Once upon a time",
            "move 1 ",
            "node ",
            "layer ",
            "position ",
            "instruction ",
            "proposer's post-state",
            "challenger's post-state",
            "the challenger gets ",
            "of the proposer's bond, for its moves and as a bounty",
            "of its bond are burnt: nobody gets them",
            "the challenger gets its own bond back",
            "the proposer lied and lost")) {
      assertTrue(run.out().contains(part), part + " is not in " + run.out());
    }
    assertFalse(run.out().contains("\033"), "colours in a pipe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--k=1",
        "--k=65",
        "--tokens=0",
        "--cheat=x",
        "--liar=arbiter",
        "--seed=1.5",
        "--window=20",
        "--key-file=x",
        "--rpc=http://localhost",
        "--rpc=localhost"
      })
  void demo_optionOutOfRange_isAUsageError(String option) {
    CommandRun.of("demo", option).expect(ExitStatus.USAGE).errorLine();
  }

  @Test
  void demo_moreTokensThanTheContext_isRefused() {
    String line = CommandRun.of("demo", "--tokens", 5_000).expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains("contextLimit"), line);
  }
}
