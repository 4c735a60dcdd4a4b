package dev.opml.vm.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.GgufWriter;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void open_wellFormed_givesTensorsInPlace(int version) throws IOException {
    byte[] q8 = new byte[2 * 34];
    q8[67] = 5;
    Path path =
        new GgufWriter()
            .version(version)
            .text("general.architecture", "llama")
            .tensor("a", 8, q8, 32, 2)
            .tensor("b", 0, new byte[12], 3)
            .write(directory);
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(path, file.path());
      assertArrayEquals(Files.readAllBytes(path), file.bytes().toArray(ValueLayout.JAVA_BYTE));
      assertEquals(List.of("a", "b"), file.tensors().stream().map(GgufTensor::name).toList());
      GgufTensor a = file.requireTensor("a");
      assertEquals(GgmlType.Q8_0, a.type());
      assertEquals(List.of(32L, 2L), a.shape());
      assertEquals(32, a.columns());
      assertEquals(2, a.rows());
      assertEquals(34, a.rowBytes());
      assertEquals(68, a.byteSize());
      assertEquals(5, file.bytes().get(ValueLayout.JAVA_BYTE, a.offset() + 67));
      assertEquals(5, a.data().get(ValueLayout.JAVA_BYTE, 67));
      GgufTensor b = file.tensor("b").orElseThrow();
      assertEquals(a.offset() + 96, b.offset());
      assertEquals(1, b.rows());
      assertTrue(b.data().isReadOnly());
    }
  }

  @Test
  void requireTensor_absent_isNamed() {
    try (GgufFile file = GgufFile.open(new GgufWriter().write(directory))) {
      assertEquals(Optional.empty(), file.tensor("output.weight"));
      var e = assertThrows(MissingTensorException.class, () -> file.requireTensor("output.weight"));
      assertEquals("output.weight", e.tensor());
    }
  }

  @Test
  void open_fileBeyond4GiB_findsTheTensor() throws IOException {
    long offset = 5L << 30;
    Path path = directory.resolve("sparse.gguf");
    byte[] header = new GgufWriter().describe("far", 0, offset, 8).header();
    long dataStart = (header.length + 31) & -32;
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(header));
      channel.write(ByteBuffer.wrap(new byte[] {42}), dataStart + offset + 31);
    }
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(dataStart + offset, file.requireTensor("far").offset());
      assertEquals(42, file.requireTensor("far").data().get(ValueLayout.JAVA_BYTE, 31));
    }
  }

  @Test
  void close_twice_unmapsOnce() {
    GgufFile file = GgufFile.open(new GgufWriter().text("k", "v").write(directory));
    file.close();
    file.close();
    assertThrows(IllegalStateException.class, () -> file.metadata().requireString("k"));
  }

  @Test
  void open_noFileOrNoRegularFile_isUnreadable() {
    for (Path path : List.of(directory.resolve("absent"), directory)) {
      var e = assertThrows(UnreadableGgufException.class, () -> GgufFile.open(path).close());
      assertEquals(path, e.file());
    }
  }

  @Test
  void open_bundledModels_haveTheLlamaTensors() {
    for (Path path : List.of(TestData.bundledModel(), TestData.bundledModelQ4())) {
      try (GgufFile file = GgufFile.open(path)) {
        assertEquals(39, file.tensors().size());
        assertEquals(4, file.metadata().requireInt("llama.block_count"));
        assertEquals(List.of(256L, 768L), file.requireTensor("blk.3.ffn_up.weight").shape());
        long end =
            file.tensors().stream().mapToLong(t -> t.offset() + t.byteSize()).max().orElse(0);
        assertTrue(file.bytes().byteSize() - end < 32, "nothing but padding after the last tensor");
      }
    }
  }

  @Test
  void type_sizes_areThoseOfGgml() {
    assertEquals(Optional.empty(), GgmlType.ofId(10));
    assertEquals(Optional.empty(), GgmlType.ofId(-1));
    assertEquals(Optional.empty(), GgmlType.ofId(31));
    for (GgmlType type : GgmlType.values()) {
      assertEquals(Optional.of(type), GgmlType.ofId(type.id()));
      assertEquals(3L * type.blockBytes(), type.bytes(3L * type.blockSize()));
    }
    assertThrows(IllegalArgumentException.class, () -> GgmlType.Q6_K.bytes(255));
  }
}
