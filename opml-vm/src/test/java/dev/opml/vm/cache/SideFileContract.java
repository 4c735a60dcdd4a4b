package dev.opml.vm.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is computed once and kept in a file beside a model, whatever it is. */
@Timeout(60) // Opening a pipe must not wait.
abstract class SideFileContract {
  private final String suffix;

  @TempDir Path folder;
  Path model;
  Path kept;

  SideFileContract(String suffix) {
    this.suffix = suffix;
  }

  @BeforeEach
  void create() throws IOException {
    model = folder.resolve("model.gguf");
    kept = model.resolveSibling(model.getFileName() + suffix);
    Files.write(model, modelBytes());
  }

  /** Content of a model. */
  abstract byte[] modelBytes();

  /**
   * Whether opening a model computes what could be kept, and does not read it. What comes out must
   * be right in any case.
   *
   * @param policy where files are kept
   */
  abstract boolean computes(Path model, CachePolicy policy);

  /** Some bytes of the file, each of a field of its own. */
  abstract int[] bytesToDamage();

  final boolean computes() {
    return computes(model, CachePolicy.besideModel());
  }

  final List<Path> files() throws IOException {
    return list(folder);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void file_secondTime_isRead() throws IOException {
    assertTrue(computes());
    assertFalse(computes());
    assertEquals(List.of(model, kept), files());
  }

  @Test
  void file_damaged_isReplaced() throws IOException {
    assertTrue(computes());
    byte[] good = Files.readAllBytes(kept);
    for (int at : bytesToDamage()) {
      byte[] bad = good.clone();
      bad[at] ^= 0x10;
      Files.write(kept, bad);
      assertTrue(computes(), "byte " + at);
      assertFalse(computes(), "byte " + at);
    }
    Files.write(kept, new byte[0]);
    assertTrue(computes());
    assertFalse(computes());
  }

  @Test
  void file_directoryInItsPlace_isComputedEveryTimeAndLeavesNothing() throws IOException {
    Files.createDirectory(kept);
    assertTrue(computes());
    assertTrue(computes());
    assertEquals(List.of(model, kept), files());
  }

  @Test
  void file_nameTooLong_isComputedEveryTimeAndLeavesNothing() throws IOException {
    Path longName = folder.resolve("m".repeat(245) + ".gguf");
    Files.move(model, longName);
    assertTrue(computes(longName, CachePolicy.besideModel()));
    assertTrue(computes(longName, CachePolicy.besideModel()));
    assertEquals(List.of(longName), files());
  }

  @Test
  void file_folderReadOnly_isRightAllTheSame() {
    boolean changed = folder.toFile().setWritable(false);
    try {
      assertTrue(computes());
      // The superuser may write everywhere.
      assertEquals(!changed || Files.isWritable(folder), Files.exists(kept));
    } finally {
      folder.toFile().setWritable(true);
    }
  }

  @Test
  void file_policyOff_isNeitherReadNorWritten() throws IOException {
    assertTrue(computes(model, CachePolicy.off()));
    assertEquals(List.of(model), files());
    assertTrue(computes());
    assertTrue(computes(model, CachePolicy.off()));
  }

  @Test
  void file_policyOfADirectory_isThereAndNotBesideTheModel() throws IOException {
    Path directory = folder.resolve("caches/files");
    CachePolicy policy = CachePolicy.in(directory);
    assertTrue(computes(model, policy));
    assertFalse(computes(model, policy));
    assertEquals(1, list(directory).size());
    assertFalse(Files.exists(kept));

    // A model of the same name elsewhere has a file of its own.
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("model.gguf");
    Files.copy(model, elsewhere);
    assertTrue(computes(elsewhere, policy));
    assertFalse(computes(elsewhere, policy));
    assertFalse(computes(model, policy));
    assertEquals(2, list(directory).size());
  }

  @Test
  void file_directoryCannotBeMade_isComputedEveryTime() throws IOException {
    CachePolicy belowAFile = CachePolicy.in(model.resolve("caches"));
    assertTrue(computes(model, belowAFile));
    assertTrue(computes(model, belowAFile));
  }

  /** Most threads that compute at once. */
  int mostComputing(int threads) {
    return threads;
  }

  @Test
  void file_wantedByManyAtOnce_isRightAndTheOnlyOneLeft() throws Exception {
    Callable<Boolean> open = this::computes;
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (int round = 0; round < 5; round++) {
        Files.deleteIfExists(kept);
        int computing = 0;
        for (Future<Boolean> computes : threads.invokeAll(Collections.nCopies(18, open))) {
          computing += computes.get() ? 1 : 0;
        }
        assertTrue(computing >= 1 && computing <= mostComputing(6), computing + " computed it");
        assertFalse(computes());
        assertEquals(List.of(model, kept), files());
      }
    }
  }
}
