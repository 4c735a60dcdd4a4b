package dev.opml.vm.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.PageHashes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTreeFileTest {
  private static final int PAGE = 4096;
  private static final int HEIGHT = 30;
  private static final int HEADER = 32;

  @TempDir private Path folder;

  private final byte[] data = new byte[200 * PAGE - 5];
  private final ModelTreeFile format = new ModelTreeFile(data.length, 1234567890123L, HEIGHT);
  private Path file;
  private byte[] stored;

  @BeforeEach
  void write() throws IOException {
    new Random(1).nextBytes(data);
    file = folder.resolve("model.gguf.opml-tree");
    format.write(file, PageHashes.of(MemorySegment.ofArray(data), 1, done -> {}));
    stored = Files.readAllBytes(file);
  }

  private MerkleTree read(ModelTreeFile expected) throws IOException {
    return expected.read(file, MemorySegment.ofArray(data), Arena.ofAuto());
  }

  private void requireRefused(byte[] content, String what) throws IOException {
    Files.write(file, content);
    assertThrows(IOException.class, () -> read(format), what);
  }

  /** The file with a byte changed and the checksum made right again. */
  private byte[] forged(int at) {
    byte[] content = stored.clone();
    content[at]++;
    CRC32C checksum = new CRC32C();
    checksum.update(content, 0, content.length - Integer.BYTES);
    ByteBuffer.wrap(content).putInt(content.length - Integer.BYTES, (int) checksum.getValue());
    return content;
  }

  @Test
  void read_whatWasWritten_givesTheTreeOfTheData() throws IOException {
    MerkleTree expected = MerkleTree.ofBytes(HEIGHT, MemorySegment.ofArray(data));
    MerkleTree tree = read(format);
    assertEquals(expected.root(), tree.root());
    assertEquals(expected.path(0, 777), tree.path(0, 777));
    assertEquals(format.fileSize(), stored.length);
    assertEquals(List.of(file), Files.list(folder).toList());
  }

  @Test
  void write_layout_isHeaderHashesAndChecksum() {
    ByteBuffer expected = ByteBuffer.allocate(HEADER);
    expected.put(new byte[] {'O', 'P', 'M', 'L', 'T', 'R', 'E', 'E'}).putInt(1).putInt(HEIGHT);
    expected.putLong(data.length).putLong(1234567890123L);
    assertArrayEquals(expected.array(), Arrays.copyOf(stored, HEADER));
    byte[] page = Arrays.copyOf(data, PAGE);
    assertArrayEquals(
        MerkleTree.ofBytes(5, MemorySegment.ofArray(page)).root().toByteArray(),
        Arrays.copyOfRange(stored, HEADER, HEADER + 32));
    CRC32C checksum = new CRC32C();
    checksum.update(stored, 0, stored.length - Integer.BYTES);
    assertEquals(
        (int) checksum.getValue(), ByteBuffer.wrap(stored).getInt(stored.length - Integer.BYTES));
  }

  @Test
  void read_byteChanged_throws() throws IOException {
    Random random = new Random(2);
    for (int at = 0; at < stored.length; at++) {
      boolean insideHashes = at >= HEADER && at < stored.length - Integer.BYTES;
      if (insideHashes && at % 33 != 0) {
        continue; // A few hundred of them are enough.
      }
      byte[] content = stored.clone();
      content[at] ^= (byte) (1 + random.nextInt(255));
      requireRefused(content, "byte " + at);
    }
  }

  @Test
  void read_truncatedOrExtended_throws() throws IOException {
    for (int length = 0; length < stored.length; length += length < 200 ? 1 : 101) {
      requireRefused(Arrays.copyOf(stored, length), "length " + length);
    }
    requireRefused(Arrays.copyOf(stored, stored.length - 1), "a byte less");
    requireRefused(Arrays.copyOf(stored, stored.length + 1), "a byte more");
  }

  @Test
  void read_headerForgedWithItsChecksum_throws() throws IOException {
    for (int at = 0; at < HEADER; at++) {
      requireRefused(forged(at), "byte " + at);
    }
  }

  @Test
  void read_sampledHashForgedWithItsChecksum_throws() throws IOException {
    for (long page : PageSample.pages(data.length)) {
      requireRefused(forged(HEADER + 32 * (int) page), "page " + page);
    }
    requireRefused(forged(stored.length - Integer.BYTES - 1), "root");
  }

  @Test
  void read_otherModel_throws() {
    for (ModelTreeFile other :
        List.of(
            new ModelTreeFile(data.length, format.modified() + 1, HEIGHT),
            new ModelTreeFile(data.length - 1, format.modified(), HEIGHT),
            new ModelTreeFile(data.length, format.modified(), HEIGHT - 1))) {
      assertThrows(IOException.class, () -> read(other), other.toString());
    }
  }

  @Test
  void read_sampledPageOfTheModelChanged_throws() {
    for (int at : new int[] {0, 65535, data.length - 1, 100 * PAGE}) {
      data[at]++;
      assertThrows(IOException.class, () -> read(format), "byte " + at);
      data[at]--;
    }
  }

  @Test
  void read_otherPageOfTheModelChanged_givesATreeThatRefusesToOpenIt() throws IOException {
    int page = 101;
    assertTrue(Arrays.binarySearch(PageSample.pages(data.length), page) < 0);
    data[page * PAGE]++;
    MerkleTree tree = read(format);
    assertThrows(IllegalStateException.class, () -> tree.path(0, 32 * page));
  }

  @Test
  void write_overAnotherFile_replacesIt() throws IOException {
    Files.writeString(file, "something else");
    format.write(file, PageHashes.of(MemorySegment.ofArray(data), 1, done -> {}));
    assertArrayEquals(stored, Files.readAllBytes(file));
  }

  @Test
  void write_moveFails_leavesNoTemporaryFile() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    PageHashes hashes = PageHashes.of(MemorySegment.ofArray(data), 1, done -> {});
    assertThrows(IOException.class, () -> format.write(taken, hashes));
    assertEquals(List.of(file, taken), Files.list(folder).sorted().toList());
  }
}
