package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
  void inspect_asText_namesEveryTensor() {
    CommandRun text = CommandRun.of("inspect", TestModels.bundled()).expect(ExitStatus.HOLDS);
    assertTrue(text.out().contains("blk.3.ffn_up.weight"), text.out());
    assertEquals("", text.err());
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
