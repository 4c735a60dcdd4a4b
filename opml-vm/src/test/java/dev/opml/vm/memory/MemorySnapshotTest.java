package dev.opml.vm.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemorySnapshotTest {
  private static final long SEED = 99;
  private static final long STATE = MemoryRegion.STATE.base();

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void read_acrossExtentsAndGaps_givesBytesAndZeros() {
    MemorySnapshot memory =
        MemorySnapshot.of(
            List.of(
                MemoryExtent.of(STATE + 10, new byte[] {5, 6}),
                MemoryExtent.of(STATE, new byte[] {1, 2, 3}),
                MemoryExtent.of(STATE + 3, new byte[] {4})));
    byte[] target = new byte[14];
    java.util.Arrays.fill(target, (byte) 9);
    memory.read(STATE - 1, target);
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 5, 6, 0}, target);
    byte[] part = {7, 7, 7, 7};
    memory.read(STATE + 2, part, 1, 2);
    assertArrayEquals(new byte[] {7, 3, 4, 7}, part);
  }

  @Test
  void of_extents_hashesThem() {
    byte[] bytes = random(new Random(SEED), 10_000);
    MemorySnapshot split =
        MemorySnapshot.of(
            List.of(
                new MemoryExtent(0x1234, MemorySegment.ofArray(bytes).asSlice(0, 77)),
                new MemoryExtent(0x1234 + 77, MemorySegment.ofArray(bytes).asSlice(77))));
    byte[] padded = new byte[0x5000];
    System.arraycopy(bytes, 0, padded, 0x1234, bytes.length);
    assertEquals(MerkleTree.zero(32).withBytes(0, padded).root(), split.tree().root());
  }

  @Test
  void of_overlapOrOutside_isRefused() {
    MerkleTree zero = MerkleTree.zero(32);
    MemoryExtent first = MemoryExtent.of(100, new byte[10]);
    assertThrows(
        IllegalArgumentException.class,
        () -> MemorySnapshot.of(List.of(MemoryExtent.of(109, new byte[1]), first), zero));
    assertThrows(
        IllegalArgumentException.class,
        () -> MemorySnapshot.of(List.of(MemoryExtent.of((1L << 39) - 1, new byte[2])), zero));
    assertThrows(
        IllegalArgumentException.class,
        () -> MemorySnapshot.of(List.of(first), MerkleTree.zero(33)));
    assertThrows(IllegalArgumentException.class, () -> MemoryExtent.of(-1, new byte[1]));
    assertThrows(
        IllegalArgumentException.class, () -> MemoryExtent.of((1L << 40) - 1, new byte[2]));
    assertEquals(
        2,
        MemorySnapshot.of(
                List.of(
                    MemoryExtent.of(110, new byte[1]), first, MemoryExtent.of(105, new byte[0])),
                zero)
            .extents()
            .size());
  }

  @Test
  void withWrites_randomPlaces_isTheSnapshotOfTheResult() {
    Random random = new Random(SEED);
    byte[] bytes = new byte[3000];
    List<MemoryExtent> extents = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] content = random(random, 100);
      System.arraycopy(content, 0, bytes, 600 * i + 13, 100);
      extents.add(MemoryExtent.of(STATE + 600 * i + 13, content));
    }
    MemorySnapshot memory = MemorySnapshot.of(extents);
    MemorySnapshot start = memory;
    byte[] startBytes = bytes.clone();
    for (int i = 0; i < 100; i++) {
      byte[] written = random(random, 1 + random.nextInt(700));
      int at = random.nextInt(bytes.length - written.length + 1);
      System.arraycopy(written, 0, bytes, at, written.length);
      memory = memory.withWrites(STATE + at, written);
      written[0]++;
    }
    byte[] read = new byte[bytes.length];
    memory.read(STATE, read);
    assertArrayEquals(bytes, read, "seed " + SEED);
    MemorySnapshot expected = MemorySnapshot.of(List.of(MemoryExtent.of(STATE, bytes)));
    assertEquals(expected.tree().root(), memory.tree().root(), "seed " + SEED);
    start.read(STATE, read);
    assertArrayEquals(startBytes, read);
    assertNotEquals(start.tree().root(), memory.tree().root());
  }

  @Test
  void withWrites_nothing_isTheSameSnapshot() {
    MemorySnapshot memory = MemorySnapshot.of(List.of());
    assertTrue(memory.withWrites(5, new byte[0]) == memory);
    assertThrows(IllegalArgumentException.class, () -> memory.withWrites(1L << 39, new byte[] {1}));
  }
}
