package dev.opml.examples.claim;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.opml.api.LimitExceededException;
import dev.opml.api.ModelId;
import dev.opml.api.Prompt;
import dev.opml.api.StateRoot;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InvalidChoicesException;
import dev.opml.api.inference.InvalidSamplingException;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads claims; whatever is not exactly one is a {@link ClaimFormatException}. */
final class ClaimReader {
  private static final ObjectMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxDocumentLength(ClaimFile.MAX_BYTES)
                          .maxNumberLength(64)
                          .maxStringLength(ClaimFile.MAX_BYTES)
                          .maxNameLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // A double would round a decimal fraction twice on its way to a float.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /** The first version with choices, penalties and vectors of bytes. */
  private static final int FIRST_EXTENDED = 3;

  private static final Pattern NEGATIVE_ZERO = Pattern.compile("-0(\\.0+)?([eE][+-]?[0-9]+)?");

  private static final String IDS = "promptIds";
  private static final String BYTES = "promptBytes";

  private final Path path;

  ClaimReader(Path path) {
    this.path = path;
  }

  ClaimFile read(byte[] bytes) {
    ClaimFields root = ClaimFields.of(path, "", parse(bytes));
    int version = root.integer("version", 1, Integer.MAX_VALUE);
    switch (version) {
      case 1 ->
          root.requireOnly("version", "modelId", "contextLimit", "request", "output", "finalRoot");
      case 2, 3 ->
          root.requireOnly(
              "version", "modelId", "contextLimit", "request", "output", "finalRoot", "text");
      default ->
          throw new ClaimFormatException(
              path, "/version", version + " is not a version up to " + ClaimFile.VERSION);
    }
    ModelId modelId = new ModelId(root.bytes32("modelId"));
    int contextLimit = root.integer("contextLimit", 2, Integer.MAX_VALUE);
    InferenceRequest request = request(root.object("request"), version);
    Claim claim =
        new Claim(
            modelId, request, root.ids("output", 0), new StateRoot(root.bytes32("finalRoot")));
    @Nullable ClaimText text = root.has("text") ? text(root.object("text")) : null;
    try {
      return new ClaimFile(contextLimit, claim, text);
    } catch (IllegalArgumentException e) {
      throw new ClaimFormatException(path, "/text", String.valueOf(e.getMessage()));
    }
  }

  private ClaimText text(ClaimFields text) {
    text.requireOnly("prompt", "output");
    try {
      return new ClaimText(text.text("prompt"), text.text("output"));
    } catch (IllegalArgumentException e) {
      throw new ClaimFormatException(path, "/text", String.valueOf(e.getMessage()));
    }
  }

  private JsonNode parse(byte[] bytes) {
    try {
      // Jackson guesses UTF-16 and UTF-32 from the bytes, and passes malformed UTF-8 in places.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode tree = STRICT.readTree(text);
      requireNoNegativeZero(text);
      return tree;
    } catch (CharacterCodingException e) {
      throw new ClaimFormatException(path, "", "is not UTF-8");
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      String place = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new ClaimFormatException(path, place, e.getOriginalMessage());
    }
  }

  /** Refuses -0, which is not a parameter's value, and whose sign the tree does not keep. */
  private void requireNoNegativeZero(String text) throws JsonProcessingException {
    try (JsonParser parser = STRICT.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isNumeric() && NEGATIVE_ZERO.matcher(parser.getText()).matches()) {
          throw new ClaimFormatException(
              path, parser.getParsingContext().pathAsPointer().toString(), "is -0");
        }
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // text in memory
    }
  }

  private InferenceRequest request(ClaimFields request, int version) {
    boolean extended = version >= FIRST_EXTENDED;
    String prompt = extended && request.has(BYTES) ? BYTES : IDS;
    request.requireOnly(
        extended
            ? new String[] {prompt, "maxNewTokens", "stopPolicy", "sampling", "choices"}
            : new String[] {prompt, "maxNewTokens", "stopPolicy", "sampling"});
    Prompt given = prompt.equals(BYTES) ? request.vector(BYTES) : request.ids(IDS, 1);
    int maxNewTokens = request.integer("maxNewTokens", 1, Integer.MAX_VALUE);
    SamplingParameters sampling = sampling(request.object("sampling"), extended);
    StopPolicy stopPolicy = request.oneOf("stopPolicy", StopPolicy.values());
    Choices choices = extended ? choices(request) : Choices.ANY;
    try {
      return new InferenceRequest(given, maxNewTokens, sampling, stopPolicy, choices);
    } catch (InvalidChoicesException e) {
      throw new ClaimFormatException(path, "/request/choices", String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException | LimitExceededException | InvalidSamplingException e) {
      throw new ClaimFormatException(path, "/request", String.valueOf(e.getMessage()));
    }
  }

  private Choices choices(ClaimFields request) {
    try {
      return new Choices(request.sequences("choices"));
    } catch (InvalidChoicesException | LimitExceededException e) {
      throw new ClaimFormatException(path, "/request/choices", String.valueOf(e.getMessage()));
    }
  }

  private SamplingParameters sampling(ClaimFields sampling, boolean penalised) {
    sampling.requireOnly(
        penalised
            ? new String[] {"temperature", "topK", "topP", "minP", "seed", "penalties"}
            : new String[] {"temperature", "topK", "topP", "minP", "seed"});
    Penalties penalties = penalised ? penalties(sampling.object("penalties")) : Penalties.NONE;
    try {
      return new SamplingParameters(
          sampling.real("temperature"),
          sampling.integer("topK", 0, Integer.MAX_VALUE),
          sampling.real("topP"),
          sampling.real("minP"),
          sampling.unsigned("seed"),
          penalties);
    } catch (InvalidSamplingException e) {
      throw new ClaimFormatException(path, "/request/sampling", String.valueOf(e.getMessage()));
    }
  }

  private Penalties penalties(ClaimFields penalties) {
    penalties.requireOnly("repeat", "presence", "frequency", "window");
    try {
      return new Penalties(
          penalties.real("repeat"),
          penalties.real("presence"),
          penalties.real("frequency"),
          penalties.integer("window", 0, Integer.MAX_VALUE));
    } catch (InvalidSamplingException e) {
      throw new ClaimFormatException(
          path, "/request/sampling/penalties", String.valueOf(e.getMessage()));
    }
  }
}
