package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  private static final Set<String> WELL_FORMED = Set.of("v3-empty.bin", "valid-small.gguf");

  @Test
  void inspect_bundledModel_showsWhatIsInIt() {
    JsonNode json =
        CommandRun.of("inspect", TestModels.bundled(), "--json").expect(ExitStatus.HOLDS).json();
    assertEquals(3_933_696, json.get("bytes").longValue());
    assertEquals("llama", json.at("/metadata/general.architecture/value").textValue());
    assertEquals(1024, json.at("/metadata/tokenizer.ggml.tokens/size").intValue());
    assertEquals(
        1e-5f, json.at("/metadata/llama.attention.layer_norm_rms_epsilon/value").floatValue());
    assertEquals(1024, json.at("/tokenizer/vocabularySize").intValue());
    assertEquals(1, json.at("/tokenizer/bos_token_id").intValue());
    assertEquals(39, json.get("tensors").size());
    assertEquals("[256,1024]", json.at("/tensors/0/shape").toString());
    int counted = 0;
    for (JsonNode quantization : json.get("quantizations")) {
      counted += quantization.get("tensors").intValue();
    }
    assertEquals(39, counted);
  }

  @Test
  void inspect_supportedModel_saysSoAndNamesTheControlTokens() {
    JsonNode json =
        CommandRun.of("inspect", TestModels.bundled(), "--json").expect(ExitStatus.HOLDS).json();
    assertTrue(json.at("/refused/model").isNull(), json.get("refused").toString());
    assertTrue(json.at("/refused/tokenizer").isNull(), json.get("refused").toString());
    assertEquals(
        "{\"id\":2,\"name\":\"</s>\",\"endsGeneration\":true}",
        json.at("/controlTokens/1").toString());
  }

  @Test
  void inspect_unsupportedModel_saysWhatWouldBeRefused(@TempDir Path folder) throws IOException {
    byte[] bytes = Files.readAllBytes(TestModels.bundled());
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (String key : List.of("general.architecture", "tokenizer.ggml.model")) {
      int value = text.indexOf("llama", text.indexOf(key));
      System.arraycopy("other".getBytes(StandardCharsets.ISO_8859_1), 0, bytes, value, 5);
    }
    Path file = Files.write(folder.resolve("other.gguf"), bytes);
    JsonNode json = CommandRun.of("inspect", file, "--json").expect(ExitStatus.HOLDS).json();
    assertTrue(json.at("/refused/model").textValue().contains("architecture other"));
    assertTrue(json.at("/refused/tokenizer").textValue().contains("other"));
    assertTrue(json.path("controlTokens").isMissingNode());
    String shown = CommandRun.of("inspect", file).expect(ExitStatus.HOLDS).out();
    assertTrue(shown.contains("is refused"), shown);
  }

  @Test
  void inspect_asText_namesEveryTensor() {
    CommandRun text = CommandRun.of("inspect", TestModels.bundled()).expect(ExitStatus.HOLDS);
    assertTrue(text.out().contains("blk.3.ffn_up.weight"), text.out());
    assertEquals("", text.err());
  }

  /** A file with one tensor of another type is described by inspect, refused by what computes. */
  @Test
  void inspect_typesThatOpmlDoesNotComputeWith_areDescribed(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("type.gguf");
    for (int type : new int[] {10, 11, 20, 31, 34, 39, 99, -1}) {
      Files.write(file, withTensorType(type));
      JsonNode json = CommandRun.of("inspect", file, "--json").expect(ExitStatus.HOLDS).json();
      JsonNode tensor = json.get("tensors").get(names(json).indexOf("token_embd.weight"));
      boolean known = type >= 0 && type != 31 && type != 99;
      assertEquals(known, tensor.get("bytes").isIntegralNumber(), tensor.toString());
      assertEquals(!known, tensor.get("bytes").isNull(), tensor.toString());
      JsonNode last = json.at("/quantizations/2"); // after F32 and Q8_0
      assertEquals(tensor.get("type"), last.get("type"));
      assertEquals(tensor.get("bytes"), last.get("bytes"));
      String text = CommandRun.of("inspect", file).expect(ExitStatus.HOLDS).out();
      assertTrue(text.contains(tensor.get("type").textValue()), text);
      assertEquals(!known, text.contains("unknown size"), text);
      String line = CommandRun.of("run", file, "Once").expect(ExitStatus.REFUSED).errorLine();
      assertTrue(
          line.contains("token_embd.weight")
              && line.contains("type " + Integer.toUnsignedString(type)),
          line);
    }
  }

  private static List<String> names(JsonNode json) {
    return json.get("tensors").findValuesAsText("name");
  }

  /** The bundled model with another number as the type of its embedding. */
  private static byte[] withTensorType(int type) throws IOException {
    String latin = Files.readString(TestModels.bundled(), StandardCharsets.ISO_8859_1);
    byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);
    int name = latin.indexOf("token_embd.weight") + "token_embd.weight".length();
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(name + Integer.BYTES + 2 * Long.BYTES, type);
    return bytes;
  }

  @Test
  void inspect_partOfASplitModel_isDescribedAndNotRun(@TempDir Path folder) throws IOException {
    Path part = folder.resolve("part-00001-of-00003.gguf");
    byte[] whole = Files.readAllBytes(TestModels.bundled());
    ByteBuffer bytes = ByteBuffer.allocate(whole.length + 64).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(whole, 0, 24).putLong(11).put("split.count".getBytes(StandardCharsets.US_ASCII));
    bytes.putInt(2).putShort((short) 3); // a UINT16
    bytes.putLong(1).put((byte) 'p').putInt(8).putLong(18).put(new byte[18]); // to keep alignment
    bytes.put(whole, 24, whole.length - 24).putLong(16, bytes.getLong(16) + 2);
    Files.write(part, bytes.array());
    JsonNode json = CommandRun.of("inspect", part, "--json").expect(ExitStatus.HOLDS).json();
    assertEquals(3, json.at("/metadata/split.count/value").intValue());
    assertEquals(39, json.get("tensors").size());
    for (String command : new String[] {"run", "image", "bench"}) {
      CommandRun run =
          command.equals("run")
              ? CommandRun.of(command, part, "Once")
              : CommandRun.of(command, part);
      String line = run.expect(ExitStatus.REFUSED).errorLine();
      assertTrue(line.contains("part-00001") && line.contains("split.count is 3"), line);
    }
  }

  @Test
  void inspect_truncatedModel_isRefusedInOneLine(@TempDir Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(TestModels.bundled());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      int length = random.nextInt(i % 2 == 0 ? whole.length : 30_000);
      Path cut = folder.resolve("cut.gguf");
      Files.write(cut, Arrays.copyOf(whole, length));
      CommandRun run = CommandRun.of("inspect", cut);
      assertEquals(ExitStatus.REFUSED, run.status(), "seed " + seed + ", length " + length);
      assertTrue(run.errorLine().contains("cut.gguf"), run.err());
    }
  }

  @Test
  void inspect_hostileFiles_areRefusedInOneLineWithTheirPlace() throws IOException {
    try (var files = Files.list(TestModels.shared("hostile-gguf"))) {
      for (Path file : files.toList()) {
        CommandRun run = CommandRun.of("inspect", file);
        if (WELL_FORMED.contains(file.getFileName().toString())) {
          run.expect(ExitStatus.HOLDS);
        } else {
          String line = run.expect(ExitStatus.REFUSED).errorLine();
          assertTrue(line.startsWith("opml: " + file + ": at byte "), line);
        }
      }
    }
  }
}
