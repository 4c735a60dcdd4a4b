package dev.opml.vm.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that opML describes whether or not it can compute with them. */
class AnyGgufTest {
  private static final Path PATH = Path.of("any.gguf");
  private static final int LAST_NUMBER = 41;
  private static final Set<Integer> REMOVED = Set.of(4, 5, 31, 32, 33, 36, 37, 38);

  @TempDir Path directory;

  private static GgufContent read(byte[] bytes, GgufPurpose purpose) {
    return GgufContent.read(
        new GgufCursor(PATH, MemorySegment.ofArray(bytes)), GgufLimits.DEFAULT, purpose);
  }

  private static GgufTensor describe(GgufWriter writer) {
    return read(writer.toByteArray(), GgufPurpose.DESCRIBE).tensors().get("t");
  }

  private static void refused(Class<? extends RuntimeException> type, GgufWriter writer) {
    byte[] bytes = writer.toByteArray();
    assertThrows(type, () -> read(bytes, GgufPurpose.COMPUTE));
  }

  @Test
  void format_everyNumber_hasANameAndMostASize() {
    for (int id = -1; id < 64; id++) {
      TensorFormat format = TensorFormat.ofId(id);
      assertEquals(id, format.id());
      assertEquals(id < 0 || id > LAST_NUMBER, format.name().startsWith("type "), format::name);
      assertEquals(
          id < 0 || id > LAST_NUMBER || REMOVED.contains(id),
          format.blockSize() == 0,
          format::name);
      assertEquals(format.blockSize() == 0, format.blockBytes() == 0, format::name);
    }
    assertEquals(
        LAST_NUMBER + 1,
        IntStream.rangeClosed(0, LAST_NUMBER)
            .mapToObj(id -> TensorFormat.ofId(id).name())
            .collect(Collectors.toSet())
            .size());
    assertEquals("type 4294967295", TensorFormat.ofId(-1).name());
    assertEquals("type 99", TensorFormat.ofId(99).toString());
    assertFalse(TensorFormat.ofId(99).isWhole(0));
    assertThrows(IllegalArgumentException.class, () -> TensorFormat.ofId(99).bytes(256));
    for (GgmlType type : GgmlType.values()) {
      assertEquals(type.name(), TensorFormat.ofId(type.id()).name());
    }
  }

  @Test
  void read_everyNumber_isDescribedAndComputedOnlyIfSupported() {
    for (int id = -1; id < 64; id++) {
      TensorFormat format = TensorFormat.ofId(id);
      byte[] data = new byte[3 * 256 * 8];
      GgufWriter writer = new GgufWriter().describe("t", id, 32, 256, 3).data(data).data(data);
      GgufTensor tensor = describe(writer);
      assertEquals(format, tensor.format());
      assertEquals(format.blockSize() > 0, tensor.sizeKnown());
      assertEquals(format.isWhole(256) ? format.bytes(768) : 0, tensor.byteSize());
      assertEquals(tensor.byteSize(), tensor.data().byteSize());
      if (GgmlType.ofId(id).isPresent()) {
        assertEquals(tensor.type(), GgmlType.ofId(id).orElseThrow());
      } else {
        assertThrows(IllegalStateException.class, tensor::type);
        refused(UnsupportedTensorTypeException.class, writer);
      }
    }
  }

  @Test
  void read_rowsThatAreNotWholeBlocks_haveNoKnownSize() {
    GgufTensor tensor = describe(new GgufWriter().describe("t", 10, 0, 64, 512).data(new byte[1]));
    assertFalse(tensor.sizeKnown());
    assertEquals(0, tensor.byteSize());
    assertEquals(512, tensor.rows());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 4, 8, 16, 32, 64, 4096, 1 << 20})
  void read_anyPowerOfTwoAsAlignment_isDescribed(long alignment) {
    GgufWriter writer =
        new GgufWriter()
            .uint32("general.alignment", (int) alignment)
            .describe("t", 0, alignment, 1)
            .data(new byte[3 << 20]);
    GgufTensor tensor = describe(writer);
    assertEquals(0, tensor.offset() % alignment);
    if (alignment < 8) {
      refused(MalformedGgufException.class, writer);
    } else {
      assertEquals(
          tensor.offset(),
          read(writer.toByteArray(), GgufPurpose.COMPUTE).tensors().get("t").offset());
    }
  }

  @Test
  void read_alignmentBeyondTheFile_isBounded() {
    for (int alignment : new int[] {1 << 30, 1 << 31}) {
      GgufWriter empty = new GgufWriter().uint32("general.alignment", alignment);
      assertTrue(read(empty.toByteArray(), GgufPurpose.DESCRIBE).tensors().isEmpty());
      for (int type : new int[] {0, 10, 99}) {
        for (long offset : new long[] {0, alignment, Long.MIN_VALUE, -(1L << 31)}) {
          byte[] bytes =
              new GgufWriter()
                  .uint32("general.alignment", alignment)
                  .describe("t", type, offset, 256)
                  .data(new byte[4096])
                  .toByteArray();
          assertThrows(MalformedGgufException.class, () -> read(bytes, GgufPurpose.DESCRIBE));
        }
      }
    }
    for (int alignment : new int[] {0, 3, 24, -1}) {
      byte[] bytes = new GgufWriter().uint32("general.alignment", alignment).toByteArray();
      assertThrows(MalformedGgufException.class, () -> read(bytes, GgufPurpose.DESCRIBE));
    }
  }

  @Test
  void read_unknownTypeAtHostilePlaces_isRefused() {
    for (long[] shape :
        new long[][] {{1L << 32, 1L << 32}, {Long.MAX_VALUE, 2}, {0}, {-1}, {1, 1, 1, 1, 1}}) {
      refusedAnyway(new GgufWriter().describe("t", 99, 0, shape).data(new byte[32]));
    }
    for (long offset : new long[] {32, 64, 1, -32, Long.MIN_VALUE, Long.MAX_VALUE - 31}) {
      refusedAnyway(new GgufWriter().describe("t", 99, offset, 1).data(new byte[32]));
    }
    refusedAnyway(new GgufWriter().describe("t", 99, 0, 1));
    refusedAnyway(new GgufWriter().tensor("a", 0, new byte[64], 16).describe("t", 99, 32, 1));
    assertEquals(
        Long.MAX_VALUE,
        describe(new GgufWriter().describe("t", 99, 0, Long.MAX_VALUE).data(new byte[1]))
            .columns());
  }

  private static void refusedAnyway(GgufWriter writer) {
    byte[] bytes = writer.toByteArray();
    assertThrows(MalformedGgufException.class, () -> read(bytes, GgufPurpose.DESCRIBE));
  }

  @Test
  void read_randomTypes_staysInTheFile() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      GgufWriter writer = new GgufWriter();
      if (random.nextBoolean()) {
        writer.uint32("general.alignment", 1 << random.nextInt(32));
      }
      for (int t = random.nextInt(4); t >= 0; t--) {
        long[] shape = new long[1 + random.nextInt(4)];
        Arrays.setAll(shape, _ -> 1L << random.nextInt(random.nextInt(1, 64)));
        writer.describe("t" + t, random.nextInt(-1, 45), 32L * random.nextInt(8), shape);
      }
      byte[] bytes = writer.data(new byte[random.nextInt(512)]).toByteArray();
      try {
        for (GgufTensor tensor : read(bytes, GgufPurpose.DESCRIBE).tensors().values()) {
          assertTrue(
              tensor.offset() < bytes.length && tensor.byteSize() <= bytes.length - tensor.offset(),
              () -> "seed " + seed + ": " + tensor);
        }
      } catch (MalformedGgufException e) {
        // Refused is as good.
      }
    }
  }

  @Test
  void open_oneOfSeveralParts_namesTheirCount() {
    Path part =
        new GgufWriter()
            .entry("split.count", 2, new byte[] {3, 0})
            .tensor("t", 0, new byte[32], 8)
            .write(directory);
    var e = assertThrows(SplitModelException.class, () -> GgufFile.open(part).close());
    assertEquals(3, e.count());
    assertTrue(e.getMessage().contains("split.count is 3"), e.getMessage());
    try (GgufFile file = GgufFile.openAny(part)) {
      assertEquals(32, file.requireTensor("t").byteSize());
    }
    Path whole = new GgufWriter().entry("split.count", 2, new byte[] {1, 0}).write(directory);
    GgufFile.open(whole).close();
  }
}
