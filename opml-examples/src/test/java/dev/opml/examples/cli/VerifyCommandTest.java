package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.ByteVector;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.examples.claim.ClaimFile;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyCommandTest {
  private static final Path MODEL = TestModels.bundled();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path shared;

  private static Path claim;

  @TempDir private Path folder;

  @BeforeAll
  static void writeClaim() {
    claim = shared.resolve("claim.json");
    CommandRun.of("run", MODEL, "Once upon a time", "--max-tokens", 6, "--claim", claim)
        .expect(ExitStatus.HOLDS);
  }

  private CommandRun verifyChanged(Consumer<ObjectNode> change) throws IOException {
    ObjectNode changed = (ObjectNode) JSON.readTree(claim.toFile());
    change.accept(changed);
    Path path = folder.resolve("changed.json");
    JSON.writeValue(path.toFile(), changed);
    return CommandRun.of("verify", MODEL, path, "--json");
  }

  private static void change(JsonNode array, int index, int by) {
    ((ArrayNode) array)
        .set(index, JSON.getNodeFactory().numberNode(array.get(index).intValue() + by));
  }

  /** A claim about a text model for a network on bytes, and the other way round. */
  @Test
  void verify_claimAboutAnotherKindOfModel_isWrong() throws IOException {
    Path network = MODEL.resolveSibling("mnist-784-500-10.q8_0.gguf");
    CommandRun text =
        CommandRun.of("verify", network, claim, "--json").expect(ExitStatus.DOES_NOT_HOLD);
    assertEquals("modelId", text.json().get("wrong").get("what").textValue());
    Path about = folder.resolve("bytes.json");
    try (GgufExecutor executor = GgufExecutor.open(network)) {
      byte[] blank = new byte[executor.model().header().inputBytes()];
      Claim right = executor.run(InferenceRequest.classify(ByteVector.of(blank))).claim();
      Files.writeString(about, new ClaimFile(2, right, null).toJson());
    }
    CommandRun.of("verify", network, about).expect(ExitStatus.HOLDS);
    CommandRun.of("verify", network, about, "--engine", "guest").expect(ExitStatus.HOLDS);
    CommandRun.of("verify", MODEL, about).expect(ExitStatus.DOES_NOT_HOLD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "crosscheck", "perplexity"})
  void anyCommand_textForANetworkOnBytes_isRefusedByName(String command) {
    Path network = MODEL.resolveSibling("mnist-784-500-10.q8_0.gguf");
    Path text = MODEL.resolveSibling("README.md");
    CommandRun run =
        switch (command) {
          case "run" -> CommandRun.of("run", network, "Once");
          case "crosscheck" -> CommandRun.of("crosscheck", network, "Once");
          default -> CommandRun.of("perplexity", network, text);
        };
    String line = run.expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains("784 bytes") && line.contains(".gguf"), line);
  }

  @Test
  void verify_trueClaim_holds() {
    CommandRun text = CommandRun.of("verify", MODEL, claim).expect(ExitStatus.HOLDS);
    assertTrue(text.out().contains("holds"), text.out());
    JsonNode json = CommandRun.of("verify", MODEL, claim, "--json").expect(ExitStatus.HOLDS).json();
    assertTrue(json.get("holds").booleanValue());
    assertTrue(json.get("wrong").isNull());
  }

  @Test
  void verify_wrongToken_namesTheFirst() throws IOException {
    CommandRun run =
        verifyChanged(json -> {
          change(json.get("output"), 2, 1);
          change(json.get("output"), 4, 1);
        });
    JsonNode wrong = run.expect(ExitStatus.DOES_NOT_HOLD).json().get("wrong");
    assertEquals("token", wrong.get("what").textValue());
    assertEquals(2, wrong.get("index").intValue());
    assertEquals(wrong.get("computed").intValue() + 1, wrong.get("claimed").intValue());
  }

  @Test
  void verify_tokenMissing_isNamed() throws IOException {
    CommandRun run = verifyChanged(json -> ((ArrayNode) json.get("output")).remove(5));
    JsonNode wrong = run.expect(ExitStatus.DOES_NOT_HOLD).json().get("wrong");
    assertEquals(5, wrong.get("index").intValue());
    assertTrue(wrong.get("claimed").isNull());
  }

  @Test
  void verify_tokenTooMany_isNamed() throws IOException {
    CommandRun run = verifyChanged(json -> ((ArrayNode) json.get("output")).add(7));
    JsonNode wrong = run.expect(ExitStatus.DOES_NOT_HOLD).json().get("wrong");
    assertEquals(6, wrong.get("index").intValue());
    assertTrue(wrong.get("computed").isNull());
  }

  @Test
  void verify_tokenOutsideTheVocabulary_isWrong() throws IOException {
    CommandRun run = verifyChanged(json -> change(json.get("output"), 0, 1_000_000));
    run.expect(ExitStatus.DOES_NOT_HOLD);
  }

  @Test
  void verify_wrongFinalRoot_isNamed() throws IOException {
    CommandRun run = verifyChanged(json -> flip(json, "finalRoot"));
    JsonNode wrong = run.expect(ExitStatus.DOES_NOT_HOLD).json().get("wrong");
    assertEquals("finalRoot", wrong.get("what").textValue());
  }

  @Test
  void verify_otherModelId_isNamed() throws IOException {
    CommandRun run = verifyChanged(json -> flip(json, "modelId"));
    JsonNode wrong = run.expect(ExitStatus.DOES_NOT_HOLD).json().get("wrong");
    assertEquals("modelId", wrong.get("what").textValue());
  }

  @Test
  void verify_otherContextLimit_isAnotherModel() throws IOException {
    CommandRun run = verifyChanged(json -> json.put("contextLimit", 300));
    JsonNode wrong = run.expect(ExitStatus.DOES_NOT_HOLD).json().get("wrong");
    assertEquals("modelId", wrong.get("what").textValue());
  }

  @Test
  void verify_otherSeedOfAGreedyRequest_changesTheRoot() throws IOException {
    CommandRun run =
        verifyChanged(json -> ((ObjectNode) json.at("/request/sampling")).put("seed", "1"));
    run.expect(ExitStatus.DOES_NOT_HOLD);
  }

  private static void flip(ObjectNode json, String field) {
    String hash = json.get(field).textValue();
    json.put(field, hash.substring(0, 65) + (hash.endsWith("0") ? "1" : "0"));
  }

  @Test
  void verify_promptOutsideTheVocabulary_isRefused() throws IOException {
    CommandRun run = verifyChanged(json -> change(json.at("/request/promptIds"), 1, 1_000_000));
    assertTrue(run.expect(ExitStatus.REFUSED).errorLine().contains("vocabularySize"), run.err());
  }

  @Test
  void verify_requestLongerThanTheContext_isRefused() throws IOException {
    CommandRun run =
        verifyChanged(json -> ((ObjectNode) json.get("request")).put("maxNewTokens", 100_000));
    assertTrue(run.expect(ExitStatus.REFUSED).errorLine().contains("contextLimit"), run.err());
  }

  @Test
  void verify_hugeContextLimit_isRefused() throws IOException {
    CommandRun run = verifyChanged(json -> json.put("contextLimit", Integer.MAX_VALUE));
    run.expect(ExitStatus.REFUSED).errorLine();
  }

  @Test
  void run_claim_hasThePromptsTextAndWhatRunPrints() throws IOException {
    JsonNode text = JSON.readTree(claim.toFile()).get("text");
    assertEquals("Once upon a time", text.get("prompt").textValue());
    String printed = CommandRun.of("run", MODEL, "Once upon a time", "--max-tokens", 6).out();
    assertEquals(printed, text.get("output").textValue() + "\n");
  }

  @ParameterizedTest
  @CsvSource({"prompt, once upon a time", "prompt, ''", "output, and then", "output, ''"})
  void verify_textThatIsNotWhatTheIdsSay_isRefusedNamingIt(String field, String text)
      throws IOException {
    CommandRun run = verifyChanged(json -> ((ObjectNode) json.get("text")).put(field, text));
    String line = run.expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains("changed.json: at /text/" + field), line);
  }

  @Test
  void verify_wrongClaimWithAnotherText_isWrong() throws IOException {
    CommandRun run =
        verifyChanged(json -> {
          ((ObjectNode) json.get("text")).put("output", "x");
          change(json.get("output"), 2, 1);
        });
    run.expect(ExitStatus.DOES_NOT_HOLD);
  }

  @Test
  void verify_claimWithoutText_holds() throws IOException {
    verifyChanged(json -> json.remove("text")).expect(ExitStatus.HOLDS);
    verifyChanged(
            json -> {
              json.put("version", 1).remove("text");
              ObjectNode request = (ObjectNode) json.get("request");
              request.remove("choices");
              ((ObjectNode) request.get("sampling")).remove("penalties");
            })
        .expect(ExitStatus.HOLDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "  two", "M\u00fcller", "\ud83e\udd99", "a\nb\u0007", "<s>"})
  void verify_claimOfAnyPrompt_holds(String prompt) {
    Path path = folder.resolve("claim.json");
    CommandRun.of("run", MODEL, prompt, "--max-tokens", 5, "--claim", path).expect(0);
    CommandRun.of("verify", MODEL, path).expect(ExitStatus.HOLDS);
  }

  @Test
  void verify_brokenFile_isRefusedNamingFileAndPlace() throws IOException {
    Path broken = folder.resolve("broken.json");
    Files.writeString(
        broken, Files.readString(claim).replace("\"version\" : 3", "\"version\" : 9"));
    String line = CommandRun.of("verify", MODEL, broken).expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.startsWith("opml: " + broken + ": at /version: "), line);
  }

  @Test
  void verify_missingFile_isRefused() {
    Path missing = folder.resolve("missing.json");
    String line = CommandRun.of("verify", MODEL, missing).expect(ExitStatus.REFUSED).errorLine();
    assertEquals("opml: " + missing + ": no such file", line);
  }
}
