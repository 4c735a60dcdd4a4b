package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeCommandTest {
  private static final Path MODEL = TestModels.bundled();

  @Test
  void tokenize_text_givesIdsAsRunDoes() {
    JsonNode json = json(MODEL, "Once upon a time");
    assertEquals("[1,412,432,261,384]", json.get("ids").toString());
    assertEquals("Once upon a time", json.get("text").textValue());
    CommandRun text =
        CommandRun.of("tokenize", MODEL, "Once upon a time", "--no-bos").expect(ExitStatus.HOLDS);
    assertEquals("412 432 261 384\n", text.out());
  }

  @Test
  void tokenize_file_isTheSameAsItsText(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "Once upon a time");
    assertEquals(json(MODEL, "Once upon a time"), json(MODEL, "--file", file));
    assertEquals("[1]", json(MODEL, "").get("ids").toString());
  }

  @Test
  void tokenize_ids_givesTheirText() {
    JsonNode json = json(MODEL, "--ids", "1, 412 432,261 384");
    assertEquals("[1,412,432,261,384]", json.get("ids").toString());
    assertEquals("Once upon a time", json.get("text").textValue());
    CommandRun text = CommandRun.of("tokenize", MODEL, "--ids", "412").expect(ExitStatus.HOLDS);
    assertEquals("Once\n", text.out());
  }

  @Test
  void tokenize_controlTokens_onlyIfAsked() {
    assertTrue(json(MODEL, "</s>", "--no-bos").get("ids").size() > 1);
    JsonNode json = json(MODEL, "</s>", "--special");
    assertEquals("[1,2]", json.get("ids").toString());
    assertEquals("<s></s>", json.get("text").textValue());
    assertEquals("", json(MODEL, "--ids", "1 2").get("text").textValue());
  }

  @Test
  void tokenize_vocabularyOnly_isEnough() {
    Path file = TestModels.shared("tokenizers/ggml-vocab-gpt-2.gguf");
    assertEquals("[15496,995]", json(file, "Hello world").get("ids").toString());
  }

  @Test
  void tokenize_wrongCommandLine_isAUsageError() {
    usage("give one of TEXT, --file and --ids");
    usage("give one of TEXT, --file and --ids", "a", "--ids", "1");
    usage("--ids: 1024 is not the id of one of 1,024 tokens", "--ids", "1 1024");
    usage("'--ids': '-1' is no list of token ids", "--ids", "-1");
    usage("'--ids': 'x' is no list of token ids", "--ids", "x");
  }

  @Test
  void tokenize_fileWithoutVocabulary_isRefused() {
    Path file = TestModels.shared("hostile-gguf/v3-empty.bin");
    String line = CommandRun.of("tokenize", file, "a").expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.contains("tokenizer.ggml.model"), line);
  }

  private static void usage(String expected, String... rest) {
    Object[] line = new Object[rest.length + 2];
    line[0] = "tokenize";
    line[1] = MODEL;
    System.arraycopy(rest, 0, line, 2, rest.length);
    String error = CommandRun.of(line).expect(ExitStatus.USAGE).errorLine();
    assertTrue(error.contains(expected), error);
  }

  private static JsonNode json(Path model, Object... rest) {
    Object[] line = new Object[rest.length + 3];
    line[0] = "tokenize";
    line[1] = model;
    System.arraycopy(rest, 0, line, 2, rest.length);
    line[rest.length + 2] = "--json";
    return CommandRun.of(line).expect(ExitStatus.HOLDS).json();
  }
}
