package dev.opml.vm.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedWeightFileTest {
  private static final int HEADER = 4096;
  private static final int CHUNK = 16 << 20;
  private static final Bytes32 ROOT = new Bytes32(1, 2, 3, -4);
  private static final String LAYOUT = "tiles-é/1";

  @TempDir private Path folder;

  /** Two chunks and a part of a third. */
  private final byte[] data = new byte[2 * CHUNK + 4997];

  private final PackedWeightFile format = new PackedWeightFile(ROOT, LAYOUT, data.length);
  private final Arena arena = Arena.ofShared();
  private Path file;

  @BeforeEach
  void write() throws IOException {
    new Random(1).nextBytes(data);
    file = folder.resolve("model.gguf.opml-weights");
    MemorySegment packed =
        format.write(file, m -> m.copyFrom(MemorySegment.ofArray(data)), 2, arena);
    requirePacked(packed);
  }

  @AfterEach
  void close() {
    arena.close();
  }

  private void requirePacked(MemorySegment packed) {
    assertEquals(-1, packed.mismatch(MemorySegment.ofArray(data)));
    assertTrue(packed.isReadOnly());
    assertEquals(0, packed.address() % 4096);
  }

  private void requireRefused(PackedWeightFile expected, String what) {
    assertThrows(IOException.class, () -> expected.map(file, 2, arena), what);
  }

  /** Changes a byte of the file, and back again after it was refused. */
  private void requireRefusedWithout(long at, int flipped, String what) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(at);
      int old = access.read();
      access.seek(at);
      access.write(old ^ flipped);
      requireRefused(format, what);
      access.seek(at);
      access.write(old);
    }
  }

  @Test
  void map_whatWasWritten_hasItsBytes() throws IOException {
    for (int threads : new int[] {1, 3}) {
      requirePacked(format.map(file, threads, arena));
    }
    assertEquals(List.of(file), Files.list(folder).toList());
  }

  @Test
  void map_noBytes_isEmpty() throws IOException {
    PackedWeightFile empty = new PackedWeightFile(ROOT, LAYOUT, 0);
    empty.write(file, packed -> {}, 1, arena);
    assertEquals(0, empty.map(file, 1, arena).byteSize());
  }

  @Test
  void write_layout_isHeaderAndPackedBytes() throws IOException {
    byte[] stored = Files.readAllBytes(file);
    ByteBuffer checksums = ByteBuffer.allocate(12);
    for (int start = 0; start < data.length; start += CHUNK) {
      CRC32C chunk = new CRC32C();
      chunk.update(data, start, Math.min(CHUNK, data.length - start));
      checksums.putInt((int) chunk.getValue());
    }
    CRC32C checksum = new CRC32C();
    checksum.update(checksums.array());
    byte[] layout = LAYOUT.getBytes(StandardCharsets.UTF_8);
    ByteBuffer expected = ByteBuffer.allocate(HEADER);
    expected.put(HexFormat.of().parseHex("4f504d4c5041434b0000000100000000")).putInt(12, 10);
    expected.putLong(data.length).put(ROOT.toByteArray()).putInt((int) checksum.getValue());
    expected.put(layout);
    assertArrayEquals(expected.array(), Arrays.copyOf(stored, HEADER));
    assertArrayEquals(data, Arrays.copyOfRange(stored, HEADER, stored.length));
  }

  @Test
  void write_anyMemory_isZeroSharedAndAligned() throws IOException {
    format.write(
        file,
        packed -> {
          assertEquals(0, packed.address() % 4096);
          assertEquals(-1, packed.mismatch(MemorySegment.ofArray(new byte[data.length])));
          assertTrue(packed.isAccessibleBy(new Thread()));
          packed.set(ValueLayout.JAVA_BYTE, data.length - 1, (byte) 1);
        },
        2,
        arena);
    MemorySegment read = format.map(file, 2, arena);
    assertEquals(1, read.get(ValueLayout.JAVA_BYTE, data.length - 1));
  }

  @Test
  void map_byteChanged_throws() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int at = 0; at < HEADER; at++) {
      requireRefusedWithout(at, 1 + random.nextInt(255), "byte " + at + ", seed " + seed);
    }
    for (int i = 0; i < 100; i++) {
      int at = HEADER + random.nextInt(data.length);
      requireRefusedWithout(at, 1 + random.nextInt(255), "byte " + at + ", seed " + seed);
    }
    for (int at : new int[] {0, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK, data.length - 1}) {
      requireRefusedWithout(HEADER + at, 1, "byte of data " + at);
    }
    requirePacked(format.map(file, 2, arena));
  }

  @Test
  void map_chunksSwapped_throws() throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(HEADER);
      access.write(data, CHUNK, CHUNK);
      access.write(data, 0, CHUNK);
    }
    requireRefused(format, "swapped");
  }

  @Test
  void map_truncatedOrExtended_throws() throws IOException {
    long whole = HEADER + (long) data.length;
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      for (long length : new long[] {whole + 1, 1L << 45, whole - 1, HEADER, HEADER - 1, 60, 0}) {
        try {
          access.setLength(length);
        } catch (IOException e) {
          continue; // Not every file system has files of 32 TiB.
        }
        requireRefused(format, "length " + length);
      }
    }
  }

  @Test
  void map_otherModelLayoutOrSize_throws() {
    Bytes32 otherRoot = new Bytes32(1, 2, 3, -5);
    requireRefused(new PackedWeightFile(otherRoot, LAYOUT, data.length), "model");
    requireRefused(new PackedWeightFile(ROOT, "tiles-é/2", data.length), "layout");
    requireRefused(new PackedWeightFile(ROOT, LAYOUT + "\0", data.length), "longer layout");
    requireRefused(new PackedWeightFile(ROOT, LAYOUT, data.length - 1), "size");
    requireRefused(new PackedWeightFile(ROOT, LAYOUT, Long.MAX_VALUE), "largest size");
  }

  @Test
  void create_outOfRange_throws() {
    new PackedWeightFile(ROOT, "x".repeat(HEADER - 60), 0);
    for (int extra : new int[] {1, 100_000}) {
      String name = "x".repeat(HEADER - 60 + extra);
      assertThrows(IllegalArgumentException.class, () -> new PackedWeightFile(ROOT, name, 0));
    }
    assertThrows(IllegalArgumentException.class, () -> new PackedWeightFile(ROOT, "x", -1));
  }

  @Test
  void write_whileTheOldFileIsMapped_leavesItAlone() throws IOException {
    MemorySegment old = format.map(file, 2, arena);
    format.write(file, packed -> packed.fill((byte) 1), 2, arena);
    requirePacked(old);
  }
}
