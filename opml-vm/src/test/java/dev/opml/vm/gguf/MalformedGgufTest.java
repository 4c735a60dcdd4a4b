package dev.opml.vm.gguf;

import static dev.opml.vm.testing.GgufWriter.array;
import static dev.opml.vm.testing.GgufWriter.int32;
import static dev.opml.vm.testing.GgufWriter.int64;
import static dev.opml.vm.testing.GgufWriter.string;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MalformedGgufTest {
  private static final Path PATH = Path.of("malformed.gguf");
  private static final GgufLimits SMALL = new GgufLimits(2, 2, 8, 16, 40, 2, 3);

  static Stream<Arguments> malformed() {
    byte[] block = new byte[32];
    return Stream.of(
            refused("no magic", new GgufWriter(), 0).prefix(3),
            refused("wrong magic", new GgufWriter(), 0).set(3, 'f'),
            refused("version 1", new GgufWriter().version(1), 4),
            refused("version 4", new GgufWriter().version(4), 4),
            refused("big-endian", new GgufWriter().version(3 << 24), 4),
            refused("huge tensor count", new GgufWriter().miscountTensors(-1), 8),
            refused("huge entry count", new GgufWriter().miscountEntries(-1), 16),
            refused("an entry too few", new GgufWriter().text("k", "v").miscountEntries(1), 16)
                .prefix(46),
            refused("a key that is not UTF-8", writer(new byte[] {-1}, 0, new byte[1]), 32),
            refused("a key cut short", writer("k", 0, new byte[1]), 24).set(24, 100),
            refused("a text that is not UTF-8", writer("k", 8, string(new byte[] {-62})), 45),
            refused("a text with a huge length", writer("k", 8, int64(0xffffffffffffL)), 37),
            refused("a text with a negative length", writer("k", 8, int64(-1)), 37),
            refused("type 13", writer("k", 13, new byte[32]), 33),
            refused("type −1", writer("k", -1, new byte[32]), 33),
            refused("a bool of 2", writer("k", 7, new byte[] {2}), 37),
            refused("an array of type 13", writer("k", 9, int32(13), int64(0)), 37),
            refused("a huge array", writer("k", 9, int32(8), int64(0xffffffffL)), 41),
            refused("an array with a negative size", writer("k", 9, int32(8), int64(-1)), 41),
            refused(
                "a bool in an array", writer("k", 9, array(7, new byte[] {1}, new byte[] {3})), 50),
            refused("arrays five deep", nested(5), 85),
            refused("a key twice", new GgufWriter().bool("k", true).bool("k", true), 38),
            refused("alignment 0", new GgufWriter().uint32("general.alignment", 0), 57),
            refused("alignment 24", new GgufWriter().uint32("general.alignment", 24), 57),
            refused("alignment 4", new GgufWriter().uint32("general.alignment", 4), 57),
            refused("alignment 2^21", new GgufWriter().uint32("general.alignment", 1 << 21), 57),
            refused("alignment true", new GgufWriter().bool("general.alignment", true), 54),
            refused("no dimension", new GgufWriter().describe("t", 0, 0), 33),
            refused("five dimensions", new GgufWriter().describe("t", 0, 0, 1, 1, 1, 1, 1), 33),
            refused("a dimension of 0", tensor(0, 0, 4, 0), 45),
            refused("a dimension of −1", tensor(0, 0, -1), 37),
            refused("an element count of 2^64", tensor(0, 0, 1L << 32, 1L << 32), 37),
            refused("a size of 2^63", tensor(0, 0, 1L << 61), 37),
            refused("half a block", tensor(8, 0, 48), 37),
            refused("a tensor past the end", tensor(0, 0, 9), 49),
            refused("an offset past the end", tensor(0, 64, 1), 49),
            refused("an offset that wraps", tensor(0, -32, 8), 49),
            refused("an offset off the alignment", tensor(0, 8, 1), 49),
            refused(
                "a tensor twice",
                new GgufWriter().tensor("t", 0, block, 8).describe("t", 0, 0, 1),
                57),
            refused(
                "tensors that overlap",
                new GgufWriter().tensor("t", 0, new byte[64], 16).describe("u", 0, 32, 8),
                128))
        .map(Case::arguments);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void read_malformed_namesFileAndOffset(String what, byte[] bytes, long offset) {
    var e = assertThrows(MalformedGgufException.class, () -> read(bytes, GgufLimits.DEFAULT));
    assertEquals(PATH, e.file());
    assertEquals(offset, e.offset(), e.getMessage());
    assertTrue(e.getMessage().endsWith(e.problem()));
  }

  static Stream<Arguments> limits() {
    return Stream.of(
        limit(
            "maxMetadataEntries",
            2,
            3,
            new GgufWriter().bool("a", true).bool("b", true).bool("c", true)),
        limit("maxTensors", 2, 3, new GgufWriter().miscountTensors(3)),
        limit("maxNameBytes", 8, 9, new GgufWriter().bool("123456789", true)),
        limit("maxNameBytes", 8, 9, new GgufWriter().describe("123456789", 0, 0, 1)),
        limit("maxStringBytes", 16, 17, new GgufWriter().text("k", "12345678901234567")),
        limit("maxStringBytes", 16, 17, new GgufWriter().texts("k", "12345678901234567")),
        limit("maxArrayElements", 40, 41, new GgufWriter().ints("k", new int[41])),
        limit(
            "maxArrayElements",
            40,
            42,
            new GgufWriter().ints("a", new int[21]).ints("b", new int[21])),
        limit(
            "maxArrayElements",
            40,
            48,
            new GgufWriter().entry("k", 9, array(9, array(0), array(0), array(0)))),
        limit("maxArrayDepth", 2, 3, nested(3)),
        limit("maxDimensions", 3, 4, new GgufWriter().describe("t", 0, 0, 1, 1, 1, 1)),
        limit("maxDimensions", 3, 0xffffffffL, new GgufWriter().describe("t", 0, 0, 1), 33));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("limits")
  void read_beyondALimit_namesTheLimit(String name, long limit, long value, byte[] bytes) {
    var e = assertThrows(GgufLimitException.class, () -> read(bytes, SMALL));
    assertEquals(name, e.limitName());
    assertEquals(limit, e.limit());
    assertEquals(value, e.value());
  }

  @Test
  void read_unsupportedTensorType_namesTensorAndType() {
    byte[] bytes = new GgufWriter().describe("blk.0.ffn_up.weight", 10, 0, 256).toByteArray();
    var e =
        assertThrows(UnsupportedTensorTypeException.class, () -> read(bytes, GgufLimits.DEFAULT));
    assertEquals("blk.0.ffn_up.weight", e.tensor());
    assertEquals(10, e.typeId());
  }

  @Test
  void limits_outOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new GgufLimits(1, 1, 1, 1, 1 << 28, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new GgufLimits(1, 1, 1, 1, 1, 65, 1));
    assertThrows(IllegalArgumentException.class, () -> new GgufLimits(1, 1, 1, 1, 1, 1, 0));
  }

  private static void read(byte[] bytes, GgufLimits limits) {
    GgufContent.read(new GgufCursor(PATH, MemorySegment.ofArray(bytes)), limits);
  }

  private static GgufWriter writer(String key, int type, byte[]... value) {
    return new GgufWriter().entry(key, type, value);
  }

  private static GgufWriter writer(byte[] key, int type, byte[]... value) {
    return new GgufWriter().entry(key, type, value);
  }

  /** A file with 32 bytes of data. */
  private static GgufWriter tensor(int type, long offset, long... shape) {
    return new GgufWriter().describe("t", type, offset, shape).data(new byte[32]);
  }

  private static GgufWriter nested(int depth) {
    byte[] value = array(0, new byte[] {1});
    for (int i = 1; i < depth; i++) {
      value = array(9, value);
    }
    return writer("k", 9, value);
  }

  private static Case refused(String what, GgufWriter writer, long offset) {
    return new Case(what, writer.toByteArray(), offset);
  }

  private static Arguments limit(String name, long limit, long value, GgufWriter writer) {
    return Arguments.of(name, limit, value, writer.toByteArray());
  }

  /** As {@link #limit}, with the 32-bit field at {@code at} overwritten by the value. */
  private static Arguments limit(String name, long limit, long value, GgufWriter writer, int at) {
    byte[] bytes = writer.toByteArray();
    System.arraycopy(int32((int) value), 0, bytes, at, 4);
    return Arguments.of(name, limit, value, bytes);
  }

  private record Case(String what, byte[] bytes, long offset) {
    Case set(int at, int value) {
      bytes[at] = (byte) value;
      return this;
    }

    Case prefix(int length) {
      return new Case(what, Arrays.copyOf(bytes, length), offset);
    }

    Arguments arguments() {
      return Arguments.of(what, bytes, offset);
    }
  }
}
