package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.inference.ModelDescription;
import dev.opml.vm.cache.CachePolicy;
import dev.opml.vm.cache.ModelTreeCache;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeCacheTest {
  private static final ExecutorOptions OPTIONS =
      ExecutorOptions.DEFAULT
          .withEngine(EngineKind.GUEST)
          .withThreads(2)
          .withCache(CachePolicy.besideModel());

  @TempDir private Path folder;
  private Path model;

  private ModelDescription open(ExecutorOptions options, boolean fromCache) {
    try (GgufExecutor executor = GgufExecutor.open(model, options)) {
      assertEquals(fromCache, executor.treeFromCache());
      assertEquals(fromCache, executor.image().treeFromCache());
      return executor.model();
    }
  }

  @Test
  void open_modelAboveTheThreshold_hashesItOnce() throws IOException {
    model = Files.copy(TestData.bundledModel(), folder.resolve("large.gguf"));
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(ModelTreeCache.MIN_MODEL_SIZE);
    }
    Path cached = folder.resolve("large.gguf" + ModelTreeCache.SUFFIX);
    ModelDescription expected = open(OPTIONS.withCache(CachePolicy.off()), false);
    assertFalse(Files.exists(cached));
    assertEquals(expected, open(OPTIONS, false));
    assertTrue(Files.exists(cached));
    assertEquals(expected, open(OPTIONS, true));
    assertEquals(expected, open(OPTIONS.withCache(CachePolicy.off()), false));
  }
}
