package dev.opml.vm.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.SiblingPath;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.PageHashes;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.testing.GgufWriter;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelTreeCacheTest extends SideFileContract {
  private static final int SIZE = 150 * 4096 + 32;
  private static final ModelTreeCache CACHE = new ModelTreeCache(0, CachePolicy.besideModel());

  ModelTreeCacheTest() {
    super(ModelTreeCache.SUFFIX);
  }

  @Override
  byte[] modelBytes() {
    return model(1);
  }

  private static byte[] model(long seed) {
    byte[] data = new byte[SIZE];
    new Random(seed).nextBytes(data);
    return new GgufWriter().data(data).toByteArray();
  }

  @Override
  boolean computes(Path file, CachePolicy policy) {
    return !fromCache(new ModelTreeCache(0, policy), file);
  }

  @Override
  int[] bytesToDamage() {
    return new int[] {0, 8, 12, 16, 24, 32, 5000, 9000};
  }

  private boolean fromCache(ModelTreeCache cache) {
    return fromCache(cache, model);
  }

  /** Whether a tree comes from {@code cache}; its root must be right in any case. */
  private static boolean fromCache(ModelTreeCache cache, Path model) {
    try (GgufFile file = GgufFile.open(model)) {
      Optional<MerkleTree> kept = cache.read(file);
      MerkleTree tree = kept.orElseGet(() -> cache.build(file, 1, done -> {}));
      Bytes32 root = MerkleTree.ofBytes(MemoryRegion.MODEL.height(), file.bytes()).root();
      assertEquals(root, tree.root());
      return kept.isPresent();
    }
  }

  private void changeModel(long fromEnd) throws IOException {
    FileTime modified = Files.getLastModifiedTime(model);
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      long at = file.length() - fromEnd;
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old + 1);
    }
    Files.setLastModifiedTime(model, modified);
  }

  @Test
  void read_secondTime_isRead() {
    assertFalse(fromCache(CACHE));
    assertTrue(fromCache(CACHE));
  }

  @Test
  void read_fileReplacedOrDeletedWhileItIsUsed_staysAsItWas() throws IOException {
    assertFalse(fromCache(CACHE));
    try (GgufFile file = GgufFile.open(model)) {
      MerkleTree tree = CACHE.read(file).orElseThrow();
      SiblingPath path = tree.path(0, 4242);
      new ModelTreeFile(SIZE, 0, MemoryRegion.MODEL.height())
          .write(
              kept, PageHashes.of(MemorySegment.ofArray(new byte[SIZE]).asReadOnly(), 1, d -> {}));
      assertEquals(path, tree.path(0, 4242));
      Files.delete(kept);
      assertEquals(path, tree.path(0, 4242));
    }
  }

  @Test
  void read_none_readsAndWritesNothing() throws IOException {
    assertFalse(fromCache(ModelTreeCache.NONE));
    assertFalse(Files.exists(kept));
    assertFalse(fromCache(CACHE));
    FileTime written = Files.getLastModifiedTime(kept);
    assertFalse(fromCache(ModelTreeCache.NONE));
    assertEquals(written, Files.getLastModifiedTime(kept));
  }

  @Test
  void read_modelBelowTheThreshold_isNotCached() throws IOException {
    long size = Files.size(model);
    assertFalse(fromCache(new ModelTreeCache(size + 1, CachePolicy.besideModel())));
    assertFalse(fromCache(ModelTreeCache.of(CachePolicy.besideModel())));
    assertFalse(Files.exists(kept));
    assertFalse(fromCache(new ModelTreeCache(size, CachePolicy.besideModel())));
    assertTrue(Files.exists(kept));
  }

  @Test
  void read_modelTouchedGrownOrEdited_isBuiltAgainOnce() throws IOException {
    assertFalse(fromCache(CACHE));
    Files.setLastModifiedTime(model, FileTime.fromMillis(1_000_000_000_000L));
    assertFalse(fromCache(CACHE), "touched");
    assertTrue(fromCache(CACHE));

    FileTime modified = Files.getLastModifiedTime(model);
    byte[] longer = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(longer, longer.length + 32));
    Files.setLastModifiedTime(model, modified);
    assertFalse(fromCache(CACHE), "grown");
    assertTrue(fromCache(CACHE));

    changeModel(1);
    assertFalse(fromCache(CACHE), "edited");
    assertTrue(fromCache(CACHE));
  }

  @Test
  void read_cacheOfAnotherModel_isNotUsed() throws IOException {
    assertFalse(fromCache(CACHE));
    Path other = folder.resolve("other.gguf");
    Files.write(other, model(2));
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(model));
    Files.copy(kept, folder.resolve("other.gguf.opml-tree"));
    assertFalse(fromCache(CACHE, other));
    assertTrue(fromCache(CACHE, other));
  }

  @Test
  void build_ofAnImage_isTheSameFromTheCache() throws IOException {
    Files.copy(TestData.bundledModel(), folder.resolve("real.gguf"));
    try (GgufFile file = GgufFile.open(folder.resolve("real.gguf"))) {
      ProgramImage built =
          ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 2, CACHE, done -> {});
      List<Long> progress = new ArrayList<>();
      ProgramImage read =
          ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 2, CACHE, progress::add);
      assertEquals(List.of(), progress);
      assertFalse(built.treeFromCache());
      assertTrue(read.treeFromCache());
      assertEquals(built.description(), read.description());
      assertEquals(built.registration(), read.registration());
      long leaf = MemoryRegion.MODEL.base() / MemoryRegion.LEAF_SIZE + 12345;
      assertEquals(built.memory().tree().path(0, leaf), read.memory().tree().path(0, leaf));
    }
  }
}
