package dev.opml.vm.gguf;

import static dev.opml.vm.testing.GgufWriter.array;
import static dev.opml.vm.testing.GgufWriter.int32;
import static dev.opml.vm.testing.GgufWriter.int64;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class GgufMetadataTest {
  private static final byte[] MINUS_ONE = {-1, -1, -1, -1, -1, -1, -1, -1};

  @Test
  void optionalTokenId_ofEveryIntegerType_isAnIdOrNone() {
    GgufWriter writer = new GgufWriter();
    byte[] last = {9, 0, 0, 0, 0, 0, 0, 0};
    byte[] beyond = {10, 0, 0, 0, 0, 0, 0, 0};
    byte[] minusTwo = {-2, -1, -1, -1, -1, -1, -1, -1};
    byte[] ones32 = {-1, -1, -1, -1, 0, 0, 0, 0};
    int[] bytes = {1, 1, 2, 2, 4, 4, 0, 0, 0, 0, 8, 8};
    for (int type = 0; type < bytes.length; type++) {
      if (bytes[type] > 0) {
        writer.entry("last" + type, type, Arrays.copyOf(last, bytes[type]));
        writer.entry("beyond" + type, type, Arrays.copyOf(beyond, bytes[type]));
        writer.entry("minusTwo" + type, type, Arrays.copyOf(minusTwo, bytes[type]));
        writer.entry("ones" + type, type, Arrays.copyOf(MINUS_ONE, bytes[type]));
        writer.entry("ones32" + type, type, Arrays.copyOf(ones32, bytes[type]));
      }
    }
    writer.text("text", "1").float32("real", 1);
    var metadata = metadata(writer);
    assertEquals(OptionalInt.empty(), metadata.optionalTokenId("absent", 10));
    for (int type : new int[] {0, 1, 2, 3, 4, 5, 10, 11}) {
      assertEquals(OptionalInt.of(9), metadata.optionalTokenId("last" + type, 10));
      refusesTokenId(metadata, "beyond" + type);
      refusesTokenId(metadata, "minusTwo" + type);
    }
    for (int type : new int[] {1, 3, 4, 5, 10, 11}) {
      assertEquals(OptionalInt.empty(), metadata.optionalTokenId("ones" + type, 10));
    }
    for (int type : new int[] {4, 5, 10, 11}) {
      assertEquals(OptionalInt.empty(), metadata.optionalTokenId("ones32" + type, 10));
    }
    refusesTokenId(metadata, "ones0"); // 255 may be a token
    refusesTokenId(metadata, "ones2");
    refusesTokenId(metadata, "text");
    refusesTokenId(metadata, "real");
  }

  private static void refusesTokenId(GgufMetadata metadata, String key) {
    var e = assertThrows(WrongMetadataTypeException.class, () -> metadata.optionalTokenId(key, 10));
    assertEquals(key, e.key());
  }

  @Test
  void require_everyIntegerType_extendsItsSign() {
    var metadata =
        metadata(
            new GgufWriter()
                .entry("u8", 0, new byte[] {-1})
                .entry("i8", 1, new byte[] {-1})
                .entry("u16", 2, new byte[] {-1, -1})
                .entry("i16", 3, new byte[] {-1, -1})
                .entry("u32", 4, int32(-1))
                .entry("i32", 5, int32(-1))
                .entry("u64", 10, int64(7L << 40))
                .entry("i64", 11, int64(-1)));
    assertEquals(255, metadata.requireInt("u8"));
    assertEquals(-1, metadata.requireInt("i8"));
    assertEquals(65535, metadata.requireInt("u16"));
    assertEquals(-1, metadata.requireInt("i16"));
    assertEquals(4294967295L, metadata.requireLong("u32"));
    assertEquals(-1, metadata.requireInt("i32"));
    assertEquals(7L << 40, metadata.requireLong("u64"));
    assertEquals(-1, metadata.requireLong("i64"));
    assertEquals(8, metadata.asMap().size());
  }

  @Test
  void require_valueOutOfRange_isRefused() {
    var metadata =
        metadata(new GgufWriter().uint32("u32", -1).entry("u64", 10, MINUS_ONE).float32("f", 1));
    assertThrows(WrongMetadataTypeException.class, () -> metadata.requireInt("u32"));
    var e = assertThrows(WrongMetadataTypeException.class, () -> metadata.requireLong("u64"));
    assertEquals("u64", e.key());
    assertEquals("UINT64 18446744073709551615", e.actual());
  }

  @Test
  void require_everyOtherType_givesTheValue() {
    var metadata =
        metadata(
            new GgufWriter()
                .float32("f32", 1e-5f)
                .entry("f64", 12, int64(Double.doubleToRawLongBits(Math.PI)))
                .bool("yes", true)
                .bool("no", false)
                .text("text", "é\0x"));
    assertEquals(1e-5f, metadata.requireFloat("f32"));
    assertEquals(new GgufValue.Real(GgufValueType.FLOAT64, Math.PI), metadata.asMap().get("f64"));
    assertTrue(metadata.requireBoolean("yes"));
    assertFalse(metadata.requireBoolean("no"));
    assertEquals("é\0x", metadata.requireString("text"));
  }

  @Test
  void require_arrays_readElementsInPlace() {
    byte[] notUtf8 = {(byte) 0xc0, 'x'};
    var metadata =
        metadata(
            new GgufWriter()
                .texts("texts", "a", "", "▁the")
                .entry("bytes", 9, array(8, GgufWriter.string(notUtf8)))
                .floats("floats", 0.5f, -2f)
                .ints("ints", 7, -7)
                .entry("bools", 9, array(7, new byte[] {1}, new byte[] {0}))
                .entry("nested", 9, array(9, array(0, new byte[] {9}), array(8))));
    GgufArray.Texts texts = metadata.requireTexts("texts");
    assertEquals(List.of("a", "", "▁the"), List.of(texts.get(0), texts.get(1), texts.get(2)));
    assertEquals(6, texts.byteLength(2));
    assertThrows(IndexOutOfBoundsException.class, () -> texts.get(3));
    assertArrayEquals(notUtf8, metadata.requireTexts("bytes").bytes(0));
    assertEquals(2, metadata.requireReals("floats").size());
    assertEquals(-2, metadata.requireReals("floats").get(1));
    assertEquals(-7, metadata.requireInts("ints").get(1));
    assertThrows(IndexOutOfBoundsException.class, () -> metadata.requireInts("ints").get(-1));
    var bools = (GgufArray.Bools) metadata.asMap().get("bools");
    assertTrue(bools.get(0) && !bools.get(1));
    var nested = (GgufArray.Arrays) metadata.asMap().get("nested");
    assertEquals(9, ((GgufArray.Ints) nested.elements().get(0)).get(0));
    assertEquals(0, nested.elements().get(1).size());
  }

  @Test
  void require_absentEntry_isNamed() {
    var metadata = metadata(new GgufWriter());
    var e = assertThrows(MissingMetadataException.class, () -> metadata.requireInt("llama.x"));
    assertEquals("llama.x", e.key());
    assertThrows(MissingMetadataException.class, () -> metadata.requireFloat("k"));
    assertThrows(MissingMetadataException.class, () -> metadata.requireString("k"));
    assertThrows(MissingMetadataException.class, () -> metadata.requireTexts("k"));
    assertEquals(OptionalInt.empty(), metadata.optionalInt("k"));
    assertEquals(Optional.empty(), metadata.optionalFloat("k"));
    assertEquals(Optional.empty(), metadata.optionalReals("k"));
    assertFalse(metadata.contains("k"));
  }

  @Test
  void require_wrongType_saysBoth() {
    var metadata = metadata(new GgufWriter().texts("k", "a", "b").uint32("n", 3));
    var e = assertThrows(WrongMetadataTypeException.class, () -> metadata.requireString("k"));
    assertEquals("k", e.key());
    assertEquals("a string", e.expected());
    assertEquals("an array of 2 STRING", e.actual());
    assertThrows(WrongMetadataTypeException.class, () -> metadata.optionalFloat("n"));
    assertThrows(WrongMetadataTypeException.class, () -> metadata.optionalBoolean("n"));
    assertThrows(WrongMetadataTypeException.class, () -> metadata.optionalInts("k"));
  }

  private static GgufMetadata metadata(GgufWriter writer) {
    MemorySegment bytes = MemorySegment.ofArray(writer.toByteArray());
    return GgufContent.read(new GgufCursor(Path.of("k.gguf"), bytes), GgufLimits.DEFAULT)
        .metadata();
  }
}
