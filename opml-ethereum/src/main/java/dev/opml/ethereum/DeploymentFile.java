package dev.opml.ethereum;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterParameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Deployments as JSON files: the fields of {@link DeployedArbiter} and of the records in it by
 * their names, amounts in wei as decimal digits in quotes, addresses and hashes as {@code 0x} and
 * hexadecimal digits. Whatever is missing, unknown, twice there or of another type is refused.
 */
public final class DeploymentFile {
  /** Longest file, in bytes. */
  public static final int MOST_BYTES = 1 << 16;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxNumberLength(20)
                          .maxStringLength(80)
                          .maxNameLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .addModule(
              new SimpleModule()
                  .addSerializer(new TextWriter<>(Address.class, Address::toHex))
                  .addDeserializer(Address.class, new TextReader<>(Address.class, Address::fromHex))
                  .addSerializer(new TextWriter<>(Bytes32.class, Bytes32::toHex))
                  .addDeserializer(Bytes32.class, new TextReader<>(Bytes32.class, Bytes32::fromHex))
                  .addSerializer(new TextWriter<>(Wei.class, wei -> wei.amount().toString()))
                  .addDeserializer(
                      Wei.class,
                      new TextReader<>(Wei.class, digits -> new Wei(new BigInteger(digits)))))
          .build();

  private DeploymentFile() {}

  /** Something that is one word. */
  private static final class TextWriter<T> extends StdScalarSerializer<T> {
    private static final long serialVersionUID = 1L;

    private final transient Function<T, String> text;

    TextWriter(Class<T> type, Function<T, String> text) {
      super(type);
      this.text = text;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(text.apply(value));
    }
  }

  /** The same, read. */
  private static final class TextReader<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;

    private final transient Function<String, T> value;

    TextReader(Class<T> type, Function<String, T> value) {
      super(type);
      this.value = value;
    }

    @Override
    public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (!in.hasToken(JsonToken.VALUE_STRING)) {
        throw JsonMappingException.from(in, "is not a string");
      }
      try {
        return value.apply(in.getText());
      } catch (IllegalArgumentException e) {
        throw JsonMappingException.from(in, e.getMessage(), e);
      }
    }
  }

  /** A deployment as the text of a file. */
  public static String write(DeployedArbiter deployed) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(deployed) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a deployment.
   *
   * @throws DeploymentFormatException if the file is none
   * @throws UncheckedIOException if it cannot be read
   */
  public static DeployedArbiter read(Path file) {
    return parsed(file, () -> JSON.treeToValue(object(file), DeployedArbiter.class));
  }

  /**
   * Reads parameters of which a file says only what is not usual.
   *
   * @param file JSON object with any of the fields
   * @param usual the others
   * @throws DeploymentFormatException if the file does not say parameters that are possible
   * @throws UncheckedIOException if it cannot be read
   */
  public static ArbiterParameters readParameters(Path file, ArbiterParameters usual) {
    return parsed(
        file,
        () -> {
          JsonNode merged = JSON.readerForUpdating(JSON.valueToTree(usual)).readValue(object(file));
          return JSON.treeToValue(merged, ArbiterParameters.class);
        });
  }

  /** Something that reads JSON. */
  private interface Parse<T> {
    T parse() throws IOException;
  }

  private static <T> T parsed(Path file, Parse<T> parse) {
    try {
      return parse.parse();
    } catch (CharacterCodingException e) {
      throw new DeploymentFormatException(file, "", "is not UTF-8");
    } catch (JsonMappingException e) {
      throw new DeploymentFormatException(file, pointer(e), problem(e));
    } catch (JsonProcessingException e) {
      String place =
          "line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
      throw new DeploymentFormatException(file, place, problem(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pointer(JsonMappingException e) {
    return e.getPath().stream()
        .map(it -> "/" + (it.getFieldName() == null ? it.getIndex() : it.getFieldName()))
        .collect(Collectors.joining());
  }

  /** The words of a record's constructor, or Jackson's own, which have no line breaks. */
  private static String problem(JsonMappingException e) {
    Throwable cause = e.getCause();
    return String.valueOf(
        cause instanceof IllegalArgumentException ? cause.getMessage() : e.getOriginalMessage());
  }

  /** Names a field that is there twice, but repeats no text that is no JSON: it may be a key. */
  private static String problem(JsonProcessingException e) {
    String words = e.getOriginalMessage();
    return e instanceof JsonParseException && !words.startsWith("Duplicate field")
        ? "is not JSON"
        : words;
  }

  private static JsonNode object(Path file) throws IOException {
    JsonNode node = JSON.readTree(text(file));
    if (!node.isObject()) {
      throw new DeploymentFormatException(file, "", "is not an object");
    }
    return node;
  }

  private static String text(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new DeploymentFormatException(file, "", "is not a regular file"); // may never end
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new DeploymentFormatException(file, "", "is longer than " + MOST_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }
}
