package dev.opml.vm.gguf;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a GGUF file, by key. The {@code require} methods throw {@link
 * MissingMetadataException} if there is no such entry, and they and the {@code optional} ones
 * {@link WrongMetadataTypeException} if there is one of another type, or of another range.
 */
public final class GgufMetadata {
  private static final long NO_TOKEN = -1;
  private static final long UNSIGNED_NO_TOKEN = 0xffff_ffffL;

  private final Path file;
  private final Map<String, GgufValue> entries;

  GgufMetadata(Path file, Map<String, GgufValue> entries) {
    this.file = file;
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** All entries in the order of the file, unmodifiable. */
  public Map<String, GgufValue> asMap() {
    return entries;
  }

  /** Whether there is an entry named {@code key}. */
  public boolean contains(String key) {
    return entries.containsKey(key);
  }

  /** A value of any type. */
  public GgufValue require(String key) {
    GgufValue value = entries.get(key);
    if (value == null) {
      throw missing(key);
    }
    return value;
  }

  /** An integer of any integer type that fits into 32 bits, signed. */
  public int requireInt(String key) {
    return optionalInt(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireInt}; empty if there is no such entry. */
  public OptionalInt optionalInt(String key) {
    OptionalLong value = optionalLong(key);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.getAsLong() != (int) value.getAsLong()) {
      throw wrong(key, "a signed 32-bit integer", entries.get(key));
    }
    return OptionalInt.of((int) value.getAsLong());
  }

  /** An integer of any integer type that fits into 64 bits, signed. */
  public long requireLong(String key) {
    return optionalLong(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireLong}; empty if there is no such entry. */
  public OptionalLong optionalLong(String key) {
    return switch (entries.get(key)) {
      case null -> OptionalLong.empty();
      case GgufValue.Int(GgufValueType type, long value)
          when type != GgufValueType.UINT64 || value >= 0 ->
          OptionalLong.of(value);
      case GgufValue other -> throw wrong(key, "a signed 64-bit integer", other);
    };
  }

  /**
   * The id of a token. Empty if there is no such entry, or if it says that there is no such token:
   * by -1, or by the same 32 bits as an unsigned number.
   *
   * @param vocabularySize number of tokens
   * @throws WrongMetadataTypeException if the entry is anything but -1 or an id below {@code
   *     vocabularySize}
   */
  public OptionalInt optionalTokenId(String key, int vocabularySize) {
    return switch (entries.get(key)) {
      case null -> OptionalInt.empty();
      case GgufValue.Int(_, long id) when id == NO_TOKEN || id == UNSIGNED_NO_TOKEN ->
          OptionalInt.empty();
      case GgufValue.Int(_, long id) when id >= 0 && id < vocabularySize ->
          OptionalInt.of((int) id);
      case GgufValue other ->
          throw wrong(key, "the id of one of " + vocabularySize + " tokens, or -1", other);
    };
  }

  /** A 32-bit floating-point number. */
  public float requireFloat(String key) {
    return optionalFloat(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireFloat}; empty if there is no such entry. */
  public Optional<Float> optionalFloat(String key) {
    return switch (entries.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Real(GgufValueType type, double value) when type == GgufValueType.FLOAT32 ->
          Optional.of((float) value);
      case GgufValue other -> throw wrong(key, "a 32-bit floating-point number", other);
    };
  }

  /** A truth value. */
  public boolean requireBoolean(String key) {
    return optionalBoolean(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireBoolean}; empty if there is no such entry. */
  public Optional<Boolean> optionalBoolean(String key) {
    return optional(key, GgufValue.Bool.class, "a bool").map(GgufValue.Bool::value);
  }

  /** A string. */
  public String requireString(String key) {
    return optionalString(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireString}; empty if there is no such entry. */
  public Optional<String> optionalString(String key) {
    return optional(key, GgufValue.Text.class, "a string").map(GgufValue.Text::value);
  }

  /** An array of strings. */
  public GgufArray.Texts requireTexts(String key) {
    return optionalTexts(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireTexts}; empty if there is no such entry. */
  public Optional<GgufArray.Texts> optionalTexts(String key) {
    return optional(key, GgufArray.Texts.class, "an array of strings");
  }

  /** An array of integers of any integer type. */
  public GgufArray.Ints requireInts(String key) {
    return optionalInts(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireInts}; empty if there is no such entry. */
  public Optional<GgufArray.Ints> optionalInts(String key) {
    return optional(key, GgufArray.Ints.class, "an array of integers");
  }

  /** An array of floating-point numbers of either width. */
  public GgufArray.Reals requireReals(String key) {
    return optionalReals(key).orElseThrow(() -> missing(key));
  }

  /** As {@link #requireReals}; empty if there is no such entry. */
  public Optional<GgufArray.Reals> optionalReals(String key) {
    return optional(key, GgufArray.Reals.class, "an array of floating-point numbers");
  }

  private <T extends GgufValue> Optional<T> optional(String key, Class<T> type, String expected) {
    GgufValue value = entries.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw wrong(key, expected, value);
    }
    return Optional.of(type.cast(value));
  }

  private MissingMetadataException missing(String key) {
    return new MissingMetadataException(file, key);
  }

  private WrongMetadataTypeException wrong(String key, String expected, @Nullable GgufValue value) {
    return new WrongMetadataTypeException(file, key, expected, describe(value));
  }

  /** A short description for messages. */
  static String describe(@Nullable GgufValue value) {
    return switch (value) {
      case null -> "absent";
      case GgufArray array -> "an array of %d %s".formatted(array.size(), array.elementType());
      case GgufValue.Text _ -> "a STRING";
      case GgufValue scalar -> scalar.type() + " " + scalar;
    };
  }
}
