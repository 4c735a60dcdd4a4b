package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandTest {
  private static final Path MODEL = TestModels.bundled();
  private static final String PROMPT = "Once upon a time";
  private static final int VOCABULARY = 1024;

  @TempDir private Path folder;

  @Test
  void run_withJson_hasEveryField() {
    JsonNode json =
        CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 4, "--json")
            .expect(ExitStatus.HOLDS)
            .json();
    for (String field :
        List.of(
            "promptIds",
            "outputIds",
            "text",
            "stopReason",
            "inputRoot",
            "finalRoot",
            "outputRoot",
            "modelId",
            "prefillTokensPerSecond",
            "decodeTokensPerSecond")) {
      assertTrue(json.hasNonNull(field), field);
    }
    assertEquals("[1,412,432,261,384]", json.get("promptIds").toString());
    assertEquals(4, json.get("outputIds").size());
    assertEquals("length", json.get("stopReason").textValue());
    assertTrue(json.get("finalRoot").textValue().matches("0x[0-9a-f]{64}"));
    assertTrue(json.get("decodeTokensPerSecond").doubleValue() > 0);
  }

  @Test
  void run_asText_printsTheContinuationOnly() {
    CommandRun text =
        CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 6).expect(ExitStatus.HOLDS);
    JsonNode json = CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 6, "--json").json();
    assertEquals(json.get("text").textValue() + "\n", text.out());
    assertEquals("", text.err());
  }

  @Test
  void run_emptyPrompt_textDoesNotStartWithTheEncodersSpace() {
    JsonNode json = CommandRun.of("run", MODEL, "", "--max-tokens", 3, "--json").expect(0).json();
    assertEquals("[1]", json.get("promptIds").toString());
    assertFalse(json.get("text").textValue().startsWith(" "), json.toString());
  }

  @Test
  void run_ids_areTheTextThatTheyEncode() {
    JsonNode text = CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 4, "--json").json();
    for (String ids : List.of("1 412 432 261 384", " 1,412, 432,261\n384 ")) {
      JsonNode json =
          CommandRun.of("run", MODEL, "--ids", ids, "--max-tokens", 4, "--json")
              .expect(ExitStatus.HOLDS)
              .json();
      assertEquals(text.get("finalRoot"), json.get("finalRoot"));
      assertEquals(text.get("text"), json.get("text"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1 x", "-1", "1.5", "4294967296", ","})
  void run_noIds_isAUsageError(String ids) {
    CommandRun run = CommandRun.of("run", MODEL, "--ids", ids).expect(ExitStatus.USAGE);
    assertTrue(run.err().contains("--ids"), run.err());
  }

  @Test
  void run_idsAndTextOrNeitherOrChoices_isAUsageError() {
    assertTrue(
        CommandRun.of("run", MODEL, PROMPT, "--ids", "1")
            .expect(ExitStatus.USAGE)
            .err()
            .contains("not both"));
    assertTrue(CommandRun.of("run", MODEL).expect(ExitStatus.USAGE).err().contains("--ids"));
    assertTrue(
        CommandRun.of("run", MODEL, "--ids", "1", "--choice", " yes")
            .expect(ExitStatus.USAGE)
            .err()
            .contains("--choice"));
  }

  /** A tokenizer that opML does not have keeps nobody from ids. */
  @Test
  void run_unknownTokenizer_worksWithIdsAndItsClaimHolds() throws IOException {
    Path model = withTokenizer("bertx");
    CommandRun refused = CommandRun.of("run", model, PROMPT).expect(ExitStatus.REFUSED);
    assertTrue(refused.err().contains("bertx"), refused.err());
    Path claim = folder.resolve("claim.json");
    Object[] line = {
      "run", model, "--ids", "1 412 432", "--max-tokens", 3, "--no-cache", "--claim", claim
    };
    CommandRun text = CommandRun.of(line).expect(ExitStatus.HOLDS);
    JsonNode json =
        CommandRun.of("run", model, "--ids", "1 412 432", "--max-tokens", 3, "--json").json();
    assertFalse(json.has("text"), json.toString());
    List<String> ids = new ArrayList<>();
    json.get("outputIds").forEach(id -> ids.add(id.asText()));
    assertEquals(String.join(" ", ids), text.out().strip());
    CommandRun.of("verify", model, claim).expect(ExitStatus.HOLDS);
    CommandRun.of("crosscheck", model, "--ids", "1 412", "--max-tokens", 1, "--nodes", "0:3")
        .expect(ExitStatus.HOLDS);
  }

  /** The bundled model with another kind of tokenizer, whose name has five letters. */
  private Path withTokenizer(String kind) throws IOException {
    byte[] bytes = Files.readAllBytes(MODEL);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int value = text.indexOf("llama", text.indexOf("tokenizer.ggml.model"));
    System.arraycopy(kind.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, value, 5);
    return Files.write(folder.resolve("model.gguf"), bytes);
  }

  @Test
  void run_otherEnginesAndThreads_giveTheSameRoots() {
    JsonNode first = roots("--engine", "vector", "--threads", 2);
    assertEquals(first, roots("--engine", "scalar", "--threads", 1));
  }

  private static JsonNode roots(Object... options) {
    Object[] args = {"run", MODEL, PROMPT, "--max-tokens", 3, "--json"};
    Object[] all = new Object[args.length + options.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(options, 0, all, args.length, options.length);
    return CommandRun.of(all).expect(ExitStatus.HOLDS).json().get("finalRoot");
  }

  @Test
  void run_sampled_dependsOnTheSeedAlone() {
    JsonNode one = sampled("7");
    assertEquals(one, sampled("7"));
    assertFalse(one.equals(sampled("8")) && one.equals(sampled("18446744073709551615")));
  }

  private static JsonNode sampled(String seed) {
    return CommandRun.of(
            "run", MODEL, PROMPT, "--max-tokens", 8, "--temperature", 1.5, "--seed", seed, "--json")
        .expect(ExitStatus.HOLDS)
        .json()
        .get("outputIds");
  }

  @Test
  void run_logits_holdOneVocabularyAPosition() throws IOException {
    Path file = folder.resolve("logits.bin");
    JsonNode json =
        CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 3, "--logits", file, "--json")
            .expect(ExitStatus.HOLDS)
            .json();
    FloatBuffer logits =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    assertEquals(3 * VOCABULARY, logits.remaining());
    for (int position = 0; position < 3; position++) {
      int best = 0;
      for (int id = 1; id < VOCABULARY; id++) {
        best =
            logits.get(position * VOCABULARY + id) > logits.get(position * VOCABULARY + best)
                ? id
                : best;
      }
      assertEquals(json.get("outputIds").get(position).intValue(), best, "greedy is the largest");
    }
  }

  @Test
  void run_stopToken_endsUnlessIgnored() {
    String prompt = "The end.";
    JsonNode stopped =
        CommandRun.of("run", MODEL, prompt, "--max-tokens", 4, "--json").expect(0).json();
    assertEquals("stop_token", stopped.get("stopReason").textValue());
    int length = stopped.get("outputIds").size();
    assertTrue(length < 4, stopped.toString());
    JsonNode longer =
        CommandRun.of("run", MODEL, prompt, "--max-tokens", 4, "--ignore-stop", "--json")
            .expect(0)
            .json();
    assertEquals("length", longer.get("stopReason").textValue());
    assertEquals(4, longer.get("outputIds").size());
  }

  @Test
  void run_promptThatLooksLikeAnOption_isText() {
    CommandRun.of("run", "--max-tokens", 1, MODEL, "@once").expect(ExitStatus.HOLDS);
    CommandRun.of("run", "--max-tokens", 1, "--", MODEL, "--once").expect(ExitStatus.HOLDS);
  }

  @Test
  void run_defaultLength_isWhatTheContextLeaves() {
    JsonNode json =
        CommandRun.of("run", MODEL, PROMPT, "--context", 9, "--ignore-stop", "--json")
            .expect(ExitStatus.HOLDS)
            .json();
    assertEquals(4, json.get("outputIds").size());
  }

  @Test
  void run_longerThanTheContext_isRefusedInOneLine() {
    String line =
        CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 100_000)
            .expect(ExitStatus.REFUSED)
            .errorLine();
    assertTrue(line.contains("contextLimit"), line);
    assertTrue(line.contains(MODEL.toString()), line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--temperature=-1",
        "--temperature=NaN",
        "--top-k=-1",
        "--top-p=0",
        "--min-p=1",
        "--seed=18446744073709551616",
        "--seed=x",
        "--max-tokens=0",
        "--max-tokens=-1",
        "--max-tokens=2147483648",
        "--threads=0",
        "--threads=-1",
        "--threads=10000",
        "--threads=2147483648",
        "--top-k=4294967296",
        "--min-p=NaN",
        "--top-p=Infinity",
        "--repeat-penalty=0",
        "--repeat-penalty=NaN",
        "--presence-penalty=129",
        "--frequency-penalty=-Infinity",
        "--penalty-window=-1",
        "--penalty-window=64",
        "--engine=quantum",
        "--context=1"
      })
  void run_optionOutOfRange_isAUsageError(String option) {
    CommandRun run = CommandRun.of("run", MODEL, PROMPT, option).expect(ExitStatus.USAGE);
    String line = run.errorLine();
    assertTrue(line.contains(option.substring(2, option.indexOf('='))), line);
    assertEquals("", run.out());
  }

  @Test
  void run_withChoices_answersWithOneAndClaimsIt() {
    Path claim = folder.resolve("choice.json");
    CommandRun run =
        CommandRun.of(
                "run",
                MODEL,
                PROMPT,
                "--choice",
                " in a castle",
                "--choice",
                ", there was a dog",
                "--claim",
                claim,
                "--json")
            .expect(ExitStatus.HOLDS);
    assertEquals("choice", run.json().get("stopReason").textValue());
    String text = run.json().get("text").textValue();
    assertTrue(text.equals(" in a castle") || text.equals(", there was a dog"), text);
    CommandRun.of("verify", MODEL, claim).expect(ExitStatus.HOLDS);
  }

  @Test
  void run_choicesThatAreNoChoices_areRefusedInOneLine() {
    for (List<Object> options :
        List.<List<Object>>of(
            List.of("--choice", ""),
            List.of("--choice", " a dog", "--choice", " a dog"),
            List.of("--choice", " a", "--choice", " a dog"))) {
      List<Object> arguments = new ArrayList<>(List.of("run", MODEL, PROMPT));
      arguments.addAll(options);
      String line = CommandRun.of(arguments.toArray()).expect(ExitStatus.REFUSED).errorLine();
      assertTrue(line.contains("choice"), line);
    }
    CommandRun.of("run", MODEL, PROMPT, "--choice", " a dog", "--max-tokens", 3)
        .expect(ExitStatus.USAGE);
  }

  @Test
  void run_withPenalties_changesTheTextAndTheClaimHolds() {
    Path claim = folder.resolve("penalties.json");
    CommandRun plain = CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 48).expect(0);
    CommandRun run =
        CommandRun.of(
                "run",
                MODEL,
                PROMPT,
                "--max-tokens",
                48,
                "--repeat-penalty",
                1.5,
                "--frequency-penalty",
                0.5,
                "--penalty-window",
                32,
                "--claim",
                claim)
            .expect(ExitStatus.HOLDS);
    assertNotEquals(plain.out(), run.out());
    CommandRun.of("verify", MODEL, claim).expect(ExitStatus.HOLDS);
  }

  @Test
  void run_claimIntoAMissingFolder_isRefused() {
    Path claim = folder.resolve("no/claim.json");
    String line =
        CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 1, "--claim", claim)
            .expect(ExitStatus.REFUSED)
            .errorLine();
    assertEquals("opml: " + claim + ": no such file", line);
    assertEquals("", CommandRun.of("run", MODEL, PROMPT, "--claim", claim).out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--claim", "--logits"})
  void run_outputThatIsTheModel_isAUsageErrorAndLeavesIt(String option) throws IOException {
    Path model = Files.copy(MODEL, folder.resolve("m.gguf"));
    Path symbolic = Files.createSymbolicLink(folder.resolve("s"), Path.of("m.gguf"));
    Path hard = Files.createLink(folder.resolve("h"), model);
    List<Path> names =
        List.of(
            model,
            symbolic,
            hard,
            folder.resolve("./m.gguf"),
            folder.resolve("m.gguf.opml-tree"),
            folder.resolve("m.gguf.opml-weights"));
    for (Path name : names) {
      String line =
          CommandRun.of("run", model, PROMPT, option, name).expect(ExitStatus.USAGE).errorLine();
      assertTrue(line.contains(option), line);
    }
    assertEquals(-1, Files.mismatch(MODEL, model));
  }

  @Test
  void run_bothOutputsInOneFile_isAUsageError() throws IOException {
    Path file = folder.resolve("f");
    CommandRun.of("run", MODEL, PROMPT, "--claim", file, "--logits", file)
        .expect(ExitStatus.USAGE)
        .errorLine();
    assertFalse(Files.exists(file));
  }

  @Test
  void run_bothOutputsOnOneDevice_isAllowed() {
    CommandRun.of(
            "run",
            MODEL,
            PROMPT,
            "--max-tokens",
            1,
            "--claim",
            "/dev/null",
            "--logits",
            "/dev/null")
        .expect(ExitStatus.HOLDS);
  }

  @Test
  void run_claimOnStandardOutput_followsTheText() {
    String out =
        CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 1, "--claim", "/dev/stdout")
            .expect(ExitStatus.HOLDS)
            .out();
    assertTrue(out.endsWith("}\n") && !out.startsWith("{"), out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--claim", "--logits"})
  void run_outputOnAFullDevice_isRefusedBeforeTheWorkNamingIt(String option) {
    CommandRun run = CommandRun.of("run", MODEL, PROMPT, option, "/dev/full");
    assertEquals(
        "opml: /dev/full: No space left on device", run.expect(ExitStatus.REFUSED).errorLine());
    assertEquals("", run.out());
  }

  @Test
  void run_thatFails_leavesTheClaimThatWasThere() throws IOException {
    Path claim = Files.writeString(folder.resolve("claim.json"), "old");
    CommandRun.of("run", MODEL, PROMPT, "--max-tokens", 100_000, "--claim", claim)
        .expect(ExitStatus.REFUSED);
    assertEquals("old", Files.readString(claim));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(claim), files.toList());
    }
  }

  @Test
  void run_hostileFiles_areRefusedInOneLine() throws IOException {
    try (var files = Files.list(TestModels.shared("hostile-gguf"))) {
      for (Path file : files.toList()) {
        for (String command : List.of("run", "crosscheck")) {
          String line = CommandRun.of(command, file, PROMPT).expect(ExitStatus.REFUSED).errorLine();
          assertTrue(line.contains(file.toString()), line);
        }
      }
    }
  }

  @Test
  void run_stories260K_continuesAsPublished() {
    JsonNode json =
        CommandRun.of(
                "run",
                TestModels.shared("models/stories260K.gguf"),
                "",
                "--max-tokens",
                40,
                "--json")
            .expect(ExitStatus.HOLDS)
            .json();
    String text = json.get("text").textValue();
    assertTrue(
        text.startsWith(
            "Once upon a time, there was a little girl named Lily. She loved to play outside in"),
        text);
  }
}
