package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.vm.cache.ModelTreeCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCommandTest {
  private static JsonNode image(Object... options) {
    return imageOf(TestModels.bundled(), options);
  }

  private static JsonNode imageOf(Path model, Object... options) {
    Object[] args = new Object[3 + options.length];
    args[0] = "image";
    args[1] = model;
    args[2] = "--json";
    System.arraycopy(options, 0, args, 3, options.length);
    return CommandRun.of(args).expect(ExitStatus.HOLDS).json();
  }

  @Test
  void image_withJson_hasEveryField() {
    JsonNode json = image();
    for (String field :
        List.of("imageRoot", "modelId", "nodesPerToken", "contextLimit", "seconds", "cached")) {
      assertTrue(json.hasNonNull(field), field);
    }
    assertEquals(256, json.get("contextLimit").intValue(), "what the file says");
    assertEquals(40, json.get("nodesPerToken").intValue());
  }

  @Test
  void image_builtAgain_isTheSame() {
    assertEquals(image("--threads", 1).get("modelId"), image("--threads", 2).get("modelId"));
  }

  @Test
  void image_otherContextLimit_isAnotherModel() {
    assertNotEquals(image().get("modelId"), image("--context", 128).get("modelId"));
  }

  @Test
  void image_asText_showsTheRoots() {
    CommandRun text = CommandRun.of("image", TestModels.bundled()).expect(ExitStatus.HOLDS);
    assertTrue(text.out().contains(image().get("modelId").textValue()), text.out());
  }

  @Test
  void image_largeModel_isHashedOnceUnlessToldOtherwise(@TempDir Path folder) throws IOException {
    Path model = Files.copy(TestModels.bundled(), folder.resolve("large.gguf"));
    try (FileChannel channel = FileChannel.open(model, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), ModelTreeCache.MIN_MODEL_SIZE - 1);
    }
    JsonNode uncached = imageOf(model, "--no-cache");
    assertFalse(uncached.get("cached").booleanValue());
    assertFalse(Files.exists(folder.resolve("large.gguf" + ModelTreeCache.SUFFIX)));
    Path directory = folder.resolve("kept");
    assertFalse(imageOf(model, "--cache-dir", directory).get("cached").booleanValue());
    assertTrue(imageOf(model, "--cache-dir", directory).get("cached").booleanValue());
    assertFalse(Files.exists(folder.resolve("large.gguf" + ModelTreeCache.SUFFIX)));
    assertFalse(imageOf(model).get("cached").booleanValue());
    JsonNode cached = imageOf(model);
    assertTrue(cached.get("cached").booleanValue());
    assertEquals(uncached.get("modelId"), cached.get("modelId"));
    assertFalse(imageOf(model, "--no-cache").get("cached").booleanValue());
    String text = CommandRun.of("image", model).expect(ExitStatus.HOLDS).out();
    assertTrue(text.contains("cached"), text);
  }

  @Test
  void image_twoPlacesForFiles_isAUsageError() {
    CommandRun.of("image", TestModels.bundled(), "--no-cache", "--cache-dir", "kept")
        .expect(ExitStatus.USAGE);
  }
}
