package dev.opml.vm.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.image.ModelTreeCache.ModelTree;
import dev.opml.vm.testing.GgufWriter;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTreeCacheTest {
  private static final int SIZE = 150 * 4096 + 32;
  private static final ModelTreeCache CACHE = new ModelTreeCache(0, Optional.empty());

  @TempDir private Path folder;
  private Path model;
  private Path cached;

  @BeforeEach
  void writeModel() throws IOException {
    byte[] data = new byte[SIZE];
    new Random(1).nextBytes(data);
    model = folder.resolve("model.gguf");
    Files.write(model, new GgufWriter().data(data).toByteArray());
    cached = folder.resolve("model.gguf.opml-tree");
  }

  private boolean fromCache(ModelTreeCache cache) {
    return fromCache(cache, model);
  }

  /** Whether a tree comes from {@code cache}; its root must be right in any case. */
  private static boolean fromCache(ModelTreeCache cache, Path model) {
    try (GgufFile file = GgufFile.open(model)) {
      ModelTree tree = cache.tree(file, 1, done -> {});
      Bytes32 root = MerkleTree.ofBytes(MemoryRegion.MODEL.height(), file.bytes()).root();
      assertEquals(root, tree.tree().root());
      return tree.fromCache();
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
  void tree_secondTime_isReadAndNothingHashed() {
    assertFalse(fromCache(CACHE));
    try (GgufFile file = GgufFile.open(model)) {
      List<Long> progress = new ArrayList<>();
      assertTrue(CACHE.tree(file, 1, progress::add).fromCache());
      assertEquals(List.of(), progress);
    }
  }

  @Test
  void tree_none_readsAndWritesNothing() throws IOException {
    assertFalse(fromCache(ModelTreeCache.NONE));
    assertFalse(Files.exists(cached));
    assertFalse(fromCache(CACHE));
    FileTime written = Files.getLastModifiedTime(cached);
    assertFalse(fromCache(ModelTreeCache.NONE));
    assertEquals(written, Files.getLastModifiedTime(cached));
  }

  @Test
  void tree_modelBelowTheThreshold_isNotCached() throws IOException {
    long size = Files.size(model);
    assertFalse(fromCache(new ModelTreeCache(size + 1, Optional.empty())));
    assertFalse(fromCache(ModelTreeCache.besideModels()));
    assertFalse(Files.exists(cached));
    assertFalse(fromCache(new ModelTreeCache(size, Optional.empty())));
    assertTrue(Files.exists(cached));
  }

  @Test
  void tree_modelTouchedGrownOrEdited_isBuiltAgainOnce() throws IOException {
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
  void tree_cacheDamaged_isBuiltAndRepaired() throws IOException {
    assertFalse(fromCache(CACHE));
    byte[] good = Files.readAllBytes(cached);
    for (int at : new int[] {0, 8, 12, 16, 24, 32, 5000, good.length - 1}) {
      byte[] bad = good.clone();
      bad[at] ^= 0x10;
      Files.write(cached, bad);
      assertFalse(fromCache(CACHE), "byte " + at);
      assertTrue(fromCache(CACHE), "byte " + at);
    }
    Files.write(cached, new byte[0]);
    assertFalse(fromCache(CACHE));
    assertTrue(fromCache(CACHE));
  }

  @Test
  void tree_cacheOfAnotherModel_isNotUsed() throws IOException {
    assertFalse(fromCache(CACHE));
    Path other = folder.resolve("other.gguf");
    byte[] data = new byte[SIZE];
    new Random(2).nextBytes(data);
    Files.write(other, new GgufWriter().data(data).toByteArray());
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(model));
    Files.copy(cached, folder.resolve("other.gguf.opml-tree"));
    assertFalse(fromCache(CACHE, other));
    assertTrue(fromCache(CACHE, other));
  }

  @Test
  void tree_fileCannotBeWritten_isBuiltEveryTime() throws IOException {
    Files.createDirectory(cached);
    assertFalse(fromCache(CACHE));
    assertFalse(fromCache(CACHE));
    assertEquals(List.of(model, cached), Files.list(folder).sorted().toList());
  }

  @Test
  void tree_nameTooLongForTheCache_isBuiltEveryTime() throws IOException {
    Path longName = folder.resolve("m".repeat(245) + ".gguf");
    Files.move(model, longName);
    assertFalse(fromCache(CACHE, longName));
    assertFalse(fromCache(CACHE, longName));
  }

  @Test
  void tree_folderReadOnly_isBuilt() {
    boolean changed = folder.toFile().setWritable(false);
    try {
      assertFalse(fromCache(CACHE));
      // The superuser may write everywhere.
      assertEquals(!changed || Files.isWritable(folder), Files.exists(cached));
    } finally {
      folder.toFile().setWritable(true);
    }
  }

  @Test
  void tree_fileCannotBeWritten_goesToTheDirectory() throws IOException {
    Files.createDirectory(cached);
    Path directory = folder.resolve("caches/trees");
    ModelTreeCache cache = new ModelTreeCache(0, Optional.of(directory));
    assertFalse(fromCache(cache));
    assertTrue(fromCache(cache));
    assertEquals(1, Files.list(directory).count());

    // A model of the same name elsewhere has a file of its own.
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("model.gguf");
    Files.copy(model, elsewhere);
    Files.createDirectory(elsewhere.resolveSibling("model.gguf.opml-tree"));
    assertFalse(fromCache(cache, elsewhere));
    assertTrue(fromCache(cache, elsewhere));
    assertTrue(fromCache(cache));
    assertEquals(2, Files.list(directory).count());
  }

  @Test
  void tree_directoryCannotBeMade_isBuiltEveryTime() throws IOException {
    Files.createDirectory(cached);
    ModelTreeCache cache = new ModelTreeCache(0, Optional.of(model.resolve("below-a-file")));
    assertFalse(fromCache(cache));
    assertFalse(fromCache(cache));
  }

  @Test
  void tree_folderWritable_leavesTheDirectoryAlone() {
    Path directory = folder.resolve("caches");
    assertFalse(fromCache(new ModelTreeCache(0, Optional.of(directory))));
    assertTrue(fromCache(CACHE));
    assertFalse(Files.exists(directory));
  }

  @Test
  void tree_manyAtOnce_allAreRightAndOneFileRemains() throws Exception {
    Callable<Boolean> build = () -> fromCache(CACHE);
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (int round = 0; round < 5; round++) {
        Files.deleteIfExists(cached);
        for (Future<Boolean> done : threads.invokeAll(Collections.nCopies(18, build))) {
          done.get();
        }
        assertTrue(fromCache(CACHE));
        assertEquals(List.of(model, cached), Files.list(folder).sorted().toList());
      }
    }
  }

  @Test
  void build_ofAnImage_isTheSameFromTheCache() throws IOException {
    Files.copy(TestData.bundledModel(), folder.resolve("real.gguf"));
    try (GgufFile file = GgufFile.open(folder.resolve("real.gguf"))) {
      ProgramImage built =
          ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 2, CACHE, done -> {});
      ProgramImage read = ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 2, CACHE, done -> {});
      assertFalse(built.treeFromCache());
      assertTrue(read.treeFromCache());
      assertEquals(built.description(), read.description());
      assertEquals(built.registration(), read.registration());
      long leaf = MemoryRegion.MODEL.base() / MemoryRegion.LEAF_SIZE + 12345;
      assertEquals(built.memory().tree().path(0, leaf), read.memory().tree().path(0, leaf));
    }
  }
}
