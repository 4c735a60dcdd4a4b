package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.ModelFileChangedException;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model's file that is changed while it is open. */
class ModelFileTest {
  private static final InferenceRequest REQUEST =
      InferenceRequest.greedy(TokenIds.of(1, 412, 432), 200);

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = Files.copy(TestData.bundledModelQ4(), folder.resolve("model.gguf"));
  }

  private void truncate() {
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(1 << 12);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InferenceListener onFirstToken(Runnable action) {
    return new InferenceListener() {
      @Override
      public void onToken(int index, int tokenId) {
        if (index == 0) {
          action.run();
        }
      }
    };
  }

  private void requireRefused(GgufExecutor executor) {
    ModelFileChangedException e =
        assertThrows(ModelFileChangedException.class, () -> executor.run(REQUEST));
    assertEquals(model, e.path());
    assertTrue(e.getMessage().contains(model.toString()), e.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void run_fileCutOffMeanwhile_saysSo(EngineKind engine) {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withEngine(engine).withThreads(2);
    try (GgufExecutor executor = GgufExecutor.open(model, options)) {
      assertThrows(
          ModelFileChangedException.class,
          () -> executor.run(REQUEST, onFirstToken(this::truncate)));
      requireRefused(executor);
    }
  }

  @Test
  void trace_fileCutOffMeanwhile_saysSo() {
    try (GgufExecutor executor = GgufExecutor.open(model);
        Trace trace = executor.trace(REQUEST.withMaxNewTokens(4))) {
      truncate();
      assertThrows(ModelFileChangedException.class, () -> trace.machine(new NodeIndex(0)));
    }
  }

  @Test
  void run_fileWrittenTo_saysSo() throws IOException {
    try (GgufExecutor executor = GgufExecutor.open(model)) {
      Files.setLastModifiedTime(model, FileTime.fromMillis(1_000_000_000_000L));
      requireRefused(executor);
    }
  }

  @Test
  void run_fileWrittenToAndThenCancelled_hasNoPartialResult() {
    AtomicBoolean stop = new AtomicBoolean();
    InferenceListener writing =
        onFirstToken(() -> {
          try {
            Files.setLastModifiedTime(model, FileTime.fromMillis(1_000_000_000_000L));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          stop.set(true);
        });
    try (GgufExecutor executor = GgufExecutor.open(model)) {
      assertThrows(
          ModelFileChangedException.class,
          () -> executor.run(REQUEST, writing.cancelledWhen(stop::get)));
    }
  }

  @Test
  void run_fileReplacedOrDeleted_isThatOfTheFileOpened() throws IOException {
    try (GgufExecutor executor = GgufExecutor.open(model)) {
      TokenIds expected = executor.run(REQUEST).output();
      Path other = Files.writeString(folder.resolve("other"), "something else");
      Files.move(other, model, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(expected, executor.run(REQUEST).output());
      Files.delete(model);
      assertEquals(expected, executor.run(REQUEST).output());
    }
  }

  @Test
  void open_fileCutOffMeanwhile_saysSo() {
    InferenceListener truncating =
        new InferenceListener() {
          @Override
          public void onProgress(String stage, long done, long total) {
            truncate();
          }
        };
    assertThrows(
        ModelFileChangedException.class,
        () -> GgufExecutor.open(model, ExecutorOptions.DEFAULT.withProgress(truncating)));
  }
}
