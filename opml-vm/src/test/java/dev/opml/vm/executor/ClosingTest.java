package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.ExecutorClosedException;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.cache.CachePolicy;
import dev.opml.vm.cache.ModelTreeCache;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120) // A call that is never ended must not hang the build.
class ClosingTest {
  private static final InferenceRequest REQUEST =
      InferenceRequest.greedy(TokenIds.of(1, 412, 432), 8);
  private static final InferenceRequest LONG =
      InferenceRequest.greedy(TokenIds.of(1, 412, 432), 500);

  @TempDir private Path folder;
  private Path model;
  private ExecutorOptions options;

  @BeforeEach
  void copyModel() throws IOException {
    model = Files.copy(TestData.bundledModelQ4(), folder.resolve("model.gguf"));
    options =
        ExecutorOptions.DEFAULT
            .withThreads(2)
            .withContextLimit(512)
            .withCache(CachePolicy.in(folder.resolve("kept")));
  }

  private List<String> mappings() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(folder.toString())).toList();
    }
  }

  @Test
  void close_manyCycles_leavesNoMapping() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(ModelTreeCache.MIN_MODEL_SIZE); // large enough for a kept tree
    }
    for (int cycle = 0; cycle < 200; cycle++) {
      GgufExecutor executor = GgufExecutor.open(model, options);
      assertEquals(cycle > 0, executor.treeFromCache());
      if (cycle % 50 == 1) {
        assertEquals(2, mappings().size(), "the model and its tree");
        executor.trace(REQUEST); // which nobody closes
      }
      executor.close();
      assertEquals(List.of(), mappings(), "cycle " + cycle);
    }
  }

  @Test
  void call_afterClose_saysSo() {
    GgufExecutor executor = GgufExecutor.open(model, options);
    Claim claim = executor.run(REQUEST).claim();
    Trace trace = executor.trace(REQUEST);
    MachineTrace machine = trace.machine(new NodeIndex(40));
    executor.close();
    executor.close();
    List<Runnable> calls =
        List.of(
            () -> executor.run(REQUEST),
            () -> executor.verify(claim),
            () -> executor.trace(REQUEST),
            executor::registration,
            () -> executor.score(claim.output(), claim.output(), InferenceListener.NONE),
            () ->
                executor.crosscheck(
                    REQUEST, new NodeIndex(0), new NodeIndex(1), InferenceListener.NONE),
            () -> trace.rootAt(new NodeIndex(3)),
            trace::outputPath,
            () -> trace.machine(new NodeIndex(3)),
            () -> trace.describe(new NodeIndex(3)),
            () -> machine.stateAt(new InstructionIndex(77)),
            () -> machine.hashesAt(List.of(new InstructionIndex(7))),
            () -> machine.witnessAt(new InstructionIndex(78)),
            machine::instructionCount,
            () -> machine.disassemble(new InstructionIndex(5)));
    calls.forEach(call -> assertThrows(ExecutorClosedException.class, call::run));
    assertEquals(claim.modelId(), executor.model().modelId());
    assertEquals(REQUEST, trace.request());
    assertEquals(claim.output(), trace.output());
    assertFalse(executor.tokenizer().decode(claim.output()).isEmpty());
    machine.close();
    trace.close();
  }

  @Test
  void close_whileCallsRun_endsThemAndLeavesNoMapping() throws Exception {
    int runs = 3;
    CountDownLatch running = new CountDownLatch(runs);
    GgufExecutor executor = GgufExecutor.open(model, options);
    try (ExecutorService threads = Executors.newFixedThreadPool(runs)) {
      List<Future<?>> calls =
          List.of(
              threads.submit(() -> executor.run(LONG, onFirstToken(running))),
              threads.submit(() -> executor.trace(LONG, onFirstToken(running))),
              threads.submit(() -> executor.run(LONG, onFirstToken(running))));
      running.await();
      executor.close();
      assertEquals(List.of(), mappings());
      for (Future<?> call : calls) {
        ExecutionException e = assertThrows(ExecutionException.class, call::get);
        assertInstanceOf(ExecutorClosedException.class, e.getCause());
      }
    }
  }

  private static InferenceListener onFirstToken(CountDownLatch latch) {
    return new InferenceListener() {
      @Override
      public void onToken(int index, int tokenId) {
        if (index == 0) {
          latch.countDown();
          try {
            latch.await(); // or one would be done before another begins
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
      }
    };
  }

  @Test
  void close_byAListener_endsItsCallAndLeavesNoMapping() throws IOException {
    GgufExecutor executor = GgufExecutor.open(model, options);
    InferenceListener closing =
        new InferenceListener() {
          @Override
          public void onToken(int index, int tokenId) {
            executor.close();
          }
        };
    assertThrows(ExecutorClosedException.class, () -> executor.run(LONG, closing));
    assertEquals(List.of(), mappings());
    executor.close();
  }

  @Test
  void close_interrupted_waitsAllTheSameAndStaysInterrupted() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    GgufExecutor executor = GgufExecutor.open(model, options);
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<?> call = thread.submit(() -> executor.run(LONG, onFirstToken(running)));
      running.await();
      Thread.currentThread().interrupt();
      executor.close();
      assertTrue(Thread.interrupted());
      assertEquals(List.of(), mappings());
      assertThrows(ExecutionException.class, call::get);
    }
  }

  @Test
  void run_byAListenerOfARun_waitsForNobody() {
    try (GgufExecutor executor = GgufExecutor.open(model, options)) {
      InferenceListener nesting =
          new InferenceListener() {
            @Override
            public void onToken(int index, int tokenId) {
              assertEquals(8, executor.run(REQUEST).output().size());
            }
          };
      assertEquals(8, executor.run(REQUEST, nesting).output().size());
    }
  }

  @Test
  void open_fails_leavesNoMapping() throws IOException {
    InferenceListener cancelling = InferenceListener.NONE.cancelledWhen(() -> true);
    assertThrows(
        RuntimeException.class, () -> GgufExecutor.open(model, options.withProgress(cancelling)));
    assertEquals(List.of(), mappings());
  }
}
