package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageHashesTest {
  private static final int PAGE = PageHashes.PAGE_SIZE;

  private static byte[] noise(int size) {
    byte[] data = new byte[size];
    new Random(size).nextBytes(data);
    return data;
  }

  private static byte[] stored(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PageHashes.of(MemorySegment.ofArray(data), 1, done -> {}).writeTo(out);
    return out.toByteArray();
  }

  private static PageHashes read(byte[] stored, long size) {
    return PageHashes.stored(MemorySegment.ofArray(stored), size);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PAGE, PAGE + 1, 3 * PAGE, 5 * PAGE + 129, 64 * PAGE, 1234 * PAGE - 7})
  void stored_whatWriteToWrote_givesTheTreeOfTheData(int size) throws IOException {
    byte[] data = noise(size);
    if (size > 4 * PAGE) {
      Arrays.fill(data, PAGE, 3 * PAGE, (byte) 0);
    }
    byte[] stored = stored(data);
    assertEquals(PageHashes.encodedSize(size), stored.length);
    MemorySegment segment = MemorySegment.ofArray(data);
    MerkleTree expected = MerkleTree.ofBytes(20, segment);
    MerkleTree tree = read(stored, size).tree(20, segment);
    assertEquals(expected.root(), tree.root());
    for (long leaf : new long[] {0, 31, 32, 40, 96, size / 128, size / 128 + 1, (1 << 20) - 1}) {
      assertEquals(expected.path(0, leaf), tree.path(0, leaf), "leaf " + leaf);
    }
    assertArrayEquals(stored, stored(data));
  }

  @Test
  void writeTo_twoPages_isTheirRootsAndTheRootAbove() throws IOException {
    byte[] data = noise(2 * PAGE);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int page = 0; page < 2; page++) {
      expected.writeBytes(
          Naive.root(Arrays.copyOfRange(data, page * PAGE, (page + 1) * PAGE)).toByteArray());
    }
    expected.writeBytes(Naive.root(data).toByteArray());
    assertArrayEquals(expected.toByteArray(), stored(data));
  }

  @Test
  void stored_anotherSize_throws() throws IOException {
    byte[] stored = stored(noise(5 * PAGE));
    for (int length = 0; length <= stored.length + 1; length++) {
      byte[] part = Arrays.copyOf(stored, length);
      if (length != stored.length) {
        assertThrows(
            IllegalArgumentException.class, () -> read(part, 5 * PAGE), "length " + length);
      }
    }
  }

  @Test
  void stored_atAnyAddress_writesTheSameAgain() throws IOException {
    byte[] data = noise(70 * PAGE);
    byte[] stored = stored(data);
    try (Arena arena = Arena.ofConfined()) {
      for (int shift = 0; shift < 8; shift++) {
        MemorySegment copy = arena.allocate(stored.length + shift).asSlice(shift);
        MemorySegment.copy(stored, 0, copy, ValueLayout.JAVA_BYTE, 0, stored.length);
        PageHashes hashes = PageHashes.stored(copy.asReadOnly(), data.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        hashes.writeTo(out);
        assertArrayEquals(stored, out.toByteArray(), "shift " + shift);
        MemorySegment segment = MemorySegment.ofArray(data);
        assertEquals(
            MerkleTree.ofBytes(20, segment).path(0, 999), hashes.tree(20, segment).path(0, 999));
      }
    }
  }

  @Test
  void tree_otherBytesThanThoseHashed_keepsTheRootAndRefusesToOpenThePage() throws IOException {
    byte[] data = noise(4 * PAGE);
    byte[] stored = stored(data);
    Bytes32 root = MerkleTree.ofBytes(8, MemorySegment.ofArray(data)).root();
    data[PAGE + 5]++;
    MerkleTree tree = read(stored, data.length).tree(8, MemorySegment.ofArray(data));
    assertEquals(root, tree.root());
    assertThrows(IllegalStateException.class, () -> tree.path(0, 40));
    assertEquals(root, SiblingPaths.fold(tree.path(0, 3), 0, 8, 3, Keccak256.leaf(data, 3 * 128)));
  }

  @Test
  void tree_otherSizeOrHeight_throws() {
    MemorySegment data = MemorySegment.ofArray(new byte[2 * PAGE]);
    PageHashes hashes = PageHashes.of(data, 2, done -> {});
    for (int height : new int[] {-1, 0, 4, 5, 41}) {
      assertThrows(
          IllegalArgumentException.class, () -> hashes.tree(height, data), "height " + height);
    }
    assertThrows(
        IllegalArgumentException.class, () -> hashes.tree(8, data.asSlice(0, 2 * PAGE - 1)));
    assertThrows(IllegalArgumentException.class, () -> PageHashes.of(data, 0, done -> {}));
  }

  @Test
  void encodedSize_moreThanTwoGigabytes_isSixtyFourBytesAPage() {
    // Complete trees have twice as many nodes as pages, less one.
    assertEquals(64L * (1 << 25) - 32, PageHashes.encodedSize(1L << 37));
    assertEquals(64L * (1 << 20) - 32, PageHashes.encodedSize(1L << 32));
    assertEquals(64L * (1 << 20) - 32, PageHashes.encodedSize((1L << 32) - 1));
  }
}
