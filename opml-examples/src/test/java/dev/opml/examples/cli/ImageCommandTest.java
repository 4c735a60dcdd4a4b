package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageCommandTest {
  private static JsonNode image(Object... options) {
    Object[] args = new Object[3 + options.length];
    args[0] = "image";
    args[1] = TestModels.bundled();
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
    assertEquals(512, json.get("contextLimit").intValue(), "256 of the file, clamped");
    assertEquals(32, json.get("nodesPerToken").intValue());
  }

  @Test
  void image_builtAgain_isTheSame() {
    assertEquals(image("--threads", 1).get("modelId"), image("--threads", 2).get("modelId"));
  }

  @Test
  void image_otherContextLimit_isAnotherModel() {
    assertNotEquals(image().get("modelId"), image("--context", 256).get("modelId"));
  }

  @Test
  void image_asText_showsTheRoots() {
    CommandRun text = CommandRun.of("image", TestModels.bundled()).expect(ExitStatus.HOLDS);
    assertTrue(text.out().contains(image().get("modelId").textValue()), text.out());
  }
}
