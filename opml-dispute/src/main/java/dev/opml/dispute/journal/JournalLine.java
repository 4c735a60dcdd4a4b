package dev.opml.dispute.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.Bytes32;

/** A line of a journal file: a JSON object of exactly the fields of its kind. */
sealed interface JournalLine {
  ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  long sequence();

  /** The start of an intent. */
  record Begin(long sequence, Intent intent) implements JournalLine {}

  /** Its outcome. */
  record End(long sequence, Outcome outcome) implements JournalLine {}

  /** Writes a line without its line end. */
  default String write() {
    ObjectNode node = JSON.createObjectNode().put("sequence", sequence());
    switch (this) {
      case Begin(long _, Intent intent) ->
          node.put("begin", intent.kind().name())
              .put("target", intent.target().toHex())
              .put("answers", intent.answers().toHex());
      case End(long _, Outcome outcome) -> node.put("end", outcome.name());
    }
    return node.toString();
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is not one that {@link #write} writes
   */
  static JournalLine read(String line) {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    JsonNode sequence = node.path("sequence");
    if (!sequence.canConvertToLong() || !sequence.isIntegralNumber()) {
      throw new IllegalArgumentException("no sequence number");
    }
    JournalLine read =
        node.has("begin")
            ? new Begin(
                sequence.longValue(),
                new Intent(
                    IntentKind.valueOf(node.path("begin").asText()),
                    Bytes32.fromHex(node.path("target").asText()),
                    Bytes32.fromHex(node.path("answers").asText())))
            : new End(sequence.longValue(), Outcome.valueOf(node.path("end").asText()));
    if (!read.write().equals(line)) {
      throw new IllegalArgumentException("unexpected or missing fields");
    }
    return read;
  }
}
