package dev.opml.vm.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
  private static final long SEED = 12;
  private static final long STATE = MemoryRegion.STATE.base();
  private static final long SCRATCH = MemoryRegion.SCRATCH.base();

  private static MemorySnapshot snapshot() {
    byte[] bytes = new byte[20_000];
    new Random(SEED).nextBytes(bytes);
    return MemorySnapshot.of(
        List.of(MemoryExtent.of(STATE + 100, bytes), MemoryExtent.of(0x2000_0000_00L, bytes)));
  }

  private static void store(GuestMemory memory, long address, int value) {
    long[] page = memory.pageForStore(address, 1);
    assertNotNull(page);
    GuestMemory.store(page, address, 0xff, value);
  }

  private static byte load(GuestMemory memory, long address) {
    long[] page = memory.pageForLoad(address, 1);
    assertNotNull(page);
    return (byte) GuestMemory.load(page, address);
  }

  private static byte read(GuestMemory memory, long address) {
    byte[] target = new byte[1];
    memory.read(address, target);
    return target[0];
  }

  /** Addresses of pages that share entries of the page table, and some that don't. */
  private static long address(Random random) {
    long base = random.nextBoolean() ? STATE : SCRATCH;
    long page = random.nextInt(4) + 256L * random.nextInt(3);
    return base + page * GuestMemory.PAGE_SIZE + 128L * random.nextInt(512);
  }

  @Test
  void storesAndLoads_random_behaveLikeAMap() {
    Random random = new Random(SEED);
    MemorySnapshot base = snapshot();
    List<GuestMemory> memories = new ArrayList<>(List.of(GuestMemory.over(base)));
    List<Map<Long, Byte>> models = new ArrayList<>(List.of(new TreeMap<>()));
    for (int i = 0; i < 60_000; i++) {
      int which = random.nextInt(memories.size());
      GuestMemory memory = memories.get(which);
      Map<Long, Byte> model = models.get(which);
      long address = address(random);
      if (random.nextInt(3) == 0) {
        int value = random.nextInt();
        store(memory, address, value);
        model.put(address, (byte) value);
      } else {
        Byte written = model.get(address);
        byte[] original = new byte[1];
        if (written == null) {
          base.read(address, original);
        }
        byte expected = written == null ? original[0] : written;
        String what = "0x%x, operation %d, seed %d".formatted(address, i, SEED);
        assertEquals(expected, load(memory, address), what);
        assertEquals(expected, read(memory, address), what);
      }
      if (i % 1000 == 0) {
        memories.add(memory.fork());
        models.add(new TreeMap<>(model));
      } else if (i % 500 == 0) {
        memory.tree();
      }
    }
    for (int i = 0; i < memories.size(); i++) {
      assertEquals(rootOf(base, models.get(i)), memories.get(i).tree().root(), "seed " + SEED);
    }
  }

  private static Object rootOf(MemorySnapshot base, Map<Long, Byte> model) {
    GuestMemory memory = GuestMemory.over(base);
    MerkleTree tree = memory.tree();
    TreeMap<Long, byte[]> leaves = new TreeMap<>();
    model.forEach((address, value) -> {
      byte[] leaf =
          leaves.computeIfAbsent(
              address & -128,
              start -> {
                byte[] content = new byte[128];
                base.read(start, content);
                return content;
              });
      leaf[(int) (address & 127)] = value;
    });
    for (Map.Entry<Long, byte[]> leaf : leaves.entrySet()) {
      tree = tree.withBytes(leaf.getKey(), leaf.getValue());
    }
    return tree.root();
  }

  @Test
  void tree_nothingWritten_isTheSnapshotAboveZeroScratch() {
    MemorySnapshot base = snapshot();
    MerkleTree tree = GuestMemory.over(base).tree();
    assertEquals(33, tree.height());
    assertEquals(base.tree().root(), tree.subtreeRoot(32, 0));
    assertEquals(MerkleTree.zero(32).root(), tree.subtreeRoot(32, 1));
  }

  @Test
  void tree_storeAfterTree_isSeen() {
    GuestMemory memory = GuestMemory.over(snapshot());
    store(memory, STATE, 1);
    var first = memory.tree().root();
    store(memory, STATE, 2);
    var second = memory.tree().root();
    store(memory, STATE, 1);
    assertNotEquals(first, second);
    assertEquals(first, memory.tree().root());
    assertEquals(1, memory.writtenPages());
  }

  @Test
  void fork_bothWrite_neitherSeesTheOther() {
    GuestMemory memory = GuestMemory.over(snapshot());
    store(memory, STATE, 1);
    GuestMemory fork = memory.fork();
    assertEquals(memory.tree().root(), fork.tree().root());
    store(memory, STATE, 2);
    assertEquals(1, load(fork, STATE));
    store(fork, STATE, 3);
    assertEquals(2, load(memory, STATE));
    assertEquals(3, read(fork, STATE));
  }

  @Test
  void pages_accessThatFaults_areNull() {
    GuestMemory memory = GuestMemory.over(snapshot());
    assertNotNull(memory.pageForLoad(STATE, 8));
    assertNull(memory.pageForLoad(STATE + 4, 8));
    assertNull(memory.pageForLoad(1L << 40, 1));
    assertNull(memory.pageForLoad(-1, 1));
    assertNotNull(memory.pageForStore(STATE, 4));
    assertNull(memory.pageForStore(STATE + 2, 4));
    assertNull(memory.pageForStore(0, 1));
    assertNull(memory.pageForStore(MemoryRegion.MODEL.base(), 1));
    assertNull(memory.pageForStore(-1, 1));
    assertEquals(1, memory.writtenPages());
  }

  @Test
  void read_acrossPages_joinsThem() {
    MemorySnapshot base = snapshot();
    GuestMemory memory = GuestMemory.over(base);
    byte[] expected = new byte[GuestMemory.PAGE_SIZE + 5000];
    base.read(STATE + 3, expected);
    expected[GuestMemory.PAGE_SIZE - 3] = 42;
    store(memory, STATE + GuestMemory.PAGE_SIZE, 42);
    byte[] target = new byte[expected.length];
    memory.read(STATE + 3, target);
    assertArrayEquals(expected, target);
    assertThrows(IllegalArgumentException.class, () -> memory.read((1L << 40) - 1, new byte[2]));
    assertThrows(IllegalArgumentException.class, () -> memory.read(-1, new byte[1]));
  }
}
