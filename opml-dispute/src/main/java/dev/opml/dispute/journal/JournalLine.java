package dev.opml.dispute.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.Reveal;
import java.util.HexFormat;

/** The content of a line of a journal file: a JSON object of exactly the fields of its kind. */
sealed interface JournalLine {
  /** Version of the format; files of version 1 had no checksums and no first line. */
  int VERSION = 2;

  ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * The first line of a file.
   *
   * @param next number of the next intent that begins; those below began in an earlier file
   */
  record First(long next) implements JournalLine {}

  /** The start of an intent. */
  record Begin(long sequence, Intent intent) implements JournalLine {}

  /** The transaction that carries it out. */
  record Sent(long sequence, SentTransaction transaction) implements JournalLine {}

  /** Its outcome. */
  record End(long sequence, Outcome outcome) implements JournalLine {}

  /** An answer that is kept. */
  record Keep(SealedAnswer answer) implements JournalLine {}

  /** An answer that is forgotten. */
  record Drop(ClaimId claim) implements JournalLine {}

  /** Writes the content of a line. */
  default String write() {
    ObjectNode node = JSON.createObjectNode();
    switch (this) {
      case First(long next) -> node.put("version", VERSION).put("next", next);
      case Begin(long sequence, Intent intent) ->
          node.put("sequence", sequence)
              .put("begin", intent.kind().name())
              .put("target", intent.target().toHex())
              .put("answers", intent.answers().toHex());
      case Sent(long sequence, SentTransaction(TransactionHash hash, long nonce)) ->
          node.put("sequence", sequence).put("sent", hash.value().toHex()).put("nonce", nonce);
      case End(long sequence, Outcome outcome) ->
          node.put("sequence", sequence).put("end", outcome.name());
      case Keep(SealedAnswer(ClaimId claim, RequestId request, Reveal reveal)) ->
          node.put("keep", claim.value().toHex())
              .put("request", request.value().toHex())
              .put("finalRoot", reveal.finalRoot().value().toHex())
              .put("outputPath", reveal.outputPath().toString())
              .put("salt", reveal.salt().value().toHex());
      case Drop(ClaimId claim) -> node.put("drop", claim.value().toHex());
    }
    return node.toString();
  }

  /**
   * Reads the content of a line.
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
    JournalLine read = parse(node);
    if (!read.write().equals(line)) {
      throw new IllegalArgumentException("unexpected or missing fields");
    }
    return read;
  }

  private static JournalLine parse(JsonNode node) {
    if (node.has("version")) {
      if (node.path("version").asInt() != VERSION) {
        throw new IllegalArgumentException(
            "version " + node.path("version") + ", expected " + VERSION);
      }
      return new First(number(node, "next"));
    }
    if (node.has("keep")) {
      return new Keep(
          new SealedAnswer(
              new ClaimId(hash(node, "keep")),
              new RequestId(hash(node, "request")),
              new Reveal(
                  new StateRoot(hash(node, "finalRoot")),
                  path(node.path("outputPath").asText()),
                  new Salt(hash(node, "salt")))));
    }
    if (node.has("drop")) {
      return new Drop(new ClaimId(hash(node, "drop")));
    }
    long sequence = number(node, "sequence");
    if (node.has("sent")) {
      return new Sent(
          sequence,
          new SentTransaction(new TransactionHash(hash(node, "sent")), number(node, "nonce")));
    }
    return node.has("begin")
        ? new Begin(
            sequence,
            new Intent(
                IntentKind.valueOf(node.path("begin").asText()),
                hash(node, "target"),
                hash(node, "answers")))
        : new End(sequence, Outcome.valueOf(node.path("end").asText()));
  }

  private static long number(JsonNode node, String name) {
    JsonNode number = node.path(name);
    if (!number.canConvertToLong() || !number.isIntegralNumber()) {
      throw new IllegalArgumentException("no number: " + name);
    }
    return number.longValue();
  }

  private static Bytes32 hash(JsonNode node, String name) {
    return Bytes32.fromHex(node.path(name).asText());
  }

  private static SiblingPath path(String text) {
    if (!text.startsWith("0x")) {
      throw new IllegalArgumentException("a path begins with 0x");
    }
    return SiblingPath.of(HexFormat.of().parseHex(text.substring(2)));
  }
}
