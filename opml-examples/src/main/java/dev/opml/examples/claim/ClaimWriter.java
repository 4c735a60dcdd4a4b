package dev.opml.examples.claim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.ByteVector;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import java.util.HexFormat;

/** Writes claims as JSON. */
final class ClaimWriter {
  private ClaimWriter() {}

  static String toJson(ClaimFile file) {
    ObjectNode root =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", ClaimFile.VERSION)
            .put("modelId", file.claim().modelId().toString())
            .put("contextLimit", file.contextLimit());
    root.set("request", request(file.claim().request()));
    root.set("output", ids(file.claim().output()));
    if (file.text() != null) {
      root.putObject("text")
          .put("prompt", file.text().prompt())
          .put("output", file.text().output());
    }
    return root.put("finalRoot", file.claim().finalRoot().toString()).toPrettyString() + "\n";
  }

  private static ObjectNode request(InferenceRequest request) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (request.prompt()) {
      case TokenIds tokens -> node.set("promptIds", ids(tokens));
      case ByteVector vector ->
          node.put("promptBytes", "0x" + HexFormat.of().formatHex(vector.toByteArray()));
    }
    node.put("maxNewTokens", request.maxNewTokens()).put("stopPolicy", request.stopPolicy().name());
    node.set("sampling", sampling(request.sampling()));
    ArrayNode choices = node.putArray("choices");
    request.choices().list().forEach(choice -> choices.add(ids(choice)));
    return node;
  }

  private static ObjectNode sampling(SamplingParameters sampling) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("temperature", sampling.temperature())
            .put("topK", sampling.topK())
            .put("topP", sampling.topP())
            .put("minP", sampling.minP())
            // Text: many JSON readers would round a 64-bit number to a double.
            .put("seed", Long.toUnsignedString(sampling.seed()));
    Penalties penalties = sampling.penalties();
    node.putObject("penalties")
        .put("repeat", penalties.repeat())
        .put("presence", penalties.presence())
        .put("frequency", penalties.frequency())
        .put("window", penalties.window());
    return node;
  }

  private static ArrayNode ids(TokenIds ids) {
    ArrayNode node = JsonNodeFactory.instance.arrayNode(ids.size());
    ids.stream().forEach(node::add);
    return node;
  }
}
