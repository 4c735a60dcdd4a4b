package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.ExecutorClosedException;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.ModelFileChangedException;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.cache.CachePolicy;
import dev.opml.vm.testing.RandomModel;
import dev.opml.vm.testing.TestData;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers who do what an interface cannot forbid: each test failed once. */
@Timeout(120)
class HostileCallerTest {
  private static final InferenceRequest REQUEST =
      new InferenceRequest(
          TokenIds.of(1, 412, 432), 8, SamplingParameters.GREEDY, StopPolicy.NEVER);

  @TempDir private Path folder;

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  private interface Action {
    void run() throws Exception;
  }

  private static InferenceListener onToken(int index, Action action) {
    return new InferenceListener() {
      @Override
      public void onToken(int i, int tokenId) {
        if (i == index) {
          try {
            action.run();
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        }
      }
    };
  }

  /** Runs something on a thread that may hang without hanging the build. */
  private static <T> CompletableFuture<T> begin(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            result.complete(work.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static void requireConsistent(GgufExecutor executor, CancelledException e) {
    if (e.partial().isPresent()) {
      InferenceResult partial = e.partial().get();
      assertEquals(partial.request().maxNewTokens(), partial.output().size());
      assertTrue(executor.verify(partial.claim()).holds());
    }
  }

  @Test
  void run_nestedRunOfAListenerIsInterrupted_partialResultIsTrue() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4())) {
      InferenceListener nesting =
          onToken(
              3,
              () -> {
                Thread.currentThread().interrupt();
                executor.run(REQUEST);
              });
      CancelledException e =
          assertThrows(CancelledException.class, () -> executor.run(REQUEST, nesting));
      Thread.interrupted();
      requireConsistent(executor, e);
    }
  }

  @Test
  void run_listenerThrowsCancelled_isWhatItThrows() {
    CancelledException thrown = new CancelledException();
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4())) {
      InferenceListener throwing =
          onToken(
              3,
              () -> {
                throw thrown;
              });
      CancelledException e =
          assertThrows(CancelledException.class, () -> executor.run(REQUEST, throwing));
      assertSame(thrown, e);
    }
  }

  @Test
  void run_guestCancelledAfterAToken_hasTheResultSoFar() {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withEngine(EngineKind.GUEST);
    try (GgufExecutor guest = GgufExecutor.open(TestData.bundledModelQ4(), options)) {
      AtomicBoolean first = new AtomicBoolean();
      int[] askedSince = {0};
      InferenceListener listener =
          onToken(0, () -> first.set(true))
              .cancelledWhen(() -> first.get() && ++askedSince[0] == 5);
      CancelledException e =
          assertThrows(CancelledException.class, () -> guest.run(REQUEST, listener));
      assertTrue(e.partial().isPresent(), "Executor.run: it has the result so far");
    }
  }

  @Test
  void run_singlePhaseGuestInterrupted_isCancelled() {
    ExecutorOptions options =
        ExecutorOptions.DEFAULT
            .withEngine(EngineKind.GUEST)
            .withMode(GraphMode.SINGLE_PHASE)
            .withContextLimit(16);
    try (GgufExecutor guest = GgufExecutor.open(TestData.bundledModelQ4(), options)) {
      int[] asked = {0};
      InferenceListener interrupting =
          InferenceListener.NONE.cancelledWhen(() -> {
            if (++asked[0] == 2) { // in the middle of the only node
              Thread.currentThread().interrupt();
            }
            return false;
          });
      InferenceRequest request =
          new InferenceRequest(TokenIds.of(1), 15, SamplingParameters.GREEDY, StopPolicy.NEVER);
      assertThrows(CancelledException.class, () -> guest.run(request, interrupting));
      assertTrue(Thread.interrupted());
      assertEquals(2, asked[0]);
    }
  }

  @Test
  void trace_callsOfAnInterruptedThread_areCancelled() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4());
        Trace trace = executor.trace(REQUEST);
        MachineTrace machine = trace.machine(new NodeIndex(5))) {
      Thread.currentThread().interrupt();
      assertThrows(CancelledException.class, machine::instructionCount);
      assertThrows(CancelledException.class, () -> trace.machine(new NodeIndex(6)));
    }
  }

  @Test
  void close_byListenersOfEachOther_ends() throws Exception {
    GgufExecutor x = GgufExecutor.open(TestData.bundledModelQ4());
    GgufExecutor y = GgufExecutor.open(TestData.bundledModelQ4());
    CyclicBarrier both = new CyclicBarrier(2);
    var first = begin(() -> x.run(REQUEST, closing(both, y)));
    var second = begin(() -> y.run(REQUEST, closing(both, x)));
    CompletableFuture.allOf(first, second).handle((a, b) -> 0).get(60, TimeUnit.SECONDS);
  }

  private static InferenceListener closing(CyclicBarrier both, GgufExecutor other) {
    return onToken(
        1,
        () -> {
          both.await();
          other.close();
        });
  }

  @Test
  void close_imageIsBeingWritten_doesNotHangOthersThatClose() throws Exception {
    GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4());
    Pipe pipe = Pipe.open();
    ByteBuffer model = executor.image().file().bytes().asByteBuffer();
    begin(() -> pipe.sink().write(model)); // blocks, since nobody reads
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    InferenceListener listener =
        onToken(
            1,
            () -> {
              running.countDown();
              end.await();
            });
    begin(() -> executor.run(REQUEST, listener));
    running.await();
    var closer =
        begin(() -> {
          executor.close();
          return 0;
        });
    Thread.sleep(300);
    end.countDown();
    closer.handle((a, b) -> 0).get(60, TimeUnit.SECONDS);
  }

  @Test
  void verify_anotherModelsClaimAfterClose_saysClosed() {
    Claim claim;
    try (GgufExecutor other = GgufExecutor.open(TestData.bundledModel())) {
      claim = other.run(REQUEST).claim();
    }
    GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4());
    executor.close();
    assertThrows(ExecutorClosedException.class, () -> executor.verify(claim));
  }

  @Test
  void budget_listenerOfAWaitingCallCalls_ends() throws Exception {
    MemoryBudget budget = new MemoryBudget(100);
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch hold = new CountDownLatch(1);
    begin(() ->
        budget.run(
            70,
            () -> {},
            () -> 1,
            one -> {
              running.countDown();
              try {
                hold.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return one;
            }));
    running.await();
    Runnable calling =
        () -> {
          budget.run(1, () -> {}, () -> 2, Function.identity());
          hold.countDown();
        };
    var waiting = begin(() -> budget.run(70, calling, () -> 3, Function.identity()));
    assertEquals(3, waiting.get(30, TimeUnit.SECONDS));
  }

  @Test
  void run_listenerRunsOutOfMemory_isWhatItThrows() {
    OutOfMemoryError thrown = new OutOfMemoryError("the listener's");
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4())) {
      InferenceListener throwing =
          onToken(
              3,
              () -> {
                throw thrown;
              });
      assertSame(thrown, assertThrows(Throwable.class, () -> executor.run(REQUEST, throwing)));
    }
  }

  @Test
  void run_linkPointsElsewhereAndItsOldTargetIsWrittenTo_saysSo() throws Exception {
    Path old = Files.copy(TestData.bundledModelQ4(), folder.resolve("v1.gguf"));
    Path next = Files.copy(TestData.bundledModelQ4(), folder.resolve("v2.gguf"));
    Path link = Files.createSymbolicLink(folder.resolve("current.gguf"), old);
    GgufExecutor executor = GgufExecutor.open(link);
    InferenceResult before = executor.run(REQUEST);
    Files.delete(link);
    Files.createSymbolicLink(link, next);
    try (RandomAccessFile file = new RandomAccessFile(old.toFile(), "rw")) {
      file.write(new byte[(int) file.length()]);
    }
    try {
      assertEquals(before.finalRoot(), executor.run(REQUEST).finalRoot(), "a wrong result");
    } catch (ModelFileChangedException e) {
      // as documented
    }
  }

  @Test
  void open_keptInAReadOnlyFileSystem_opens() throws Exception {
    Path model = Files.copy(TestData.bundledModelQ4(), folder.resolve("model.gguf"));
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(20 << 20);
    }
    Path readOnly = Path.of(URI.create("jrt:/java.base"));
    GgufExecutor.open(model, ExecutorOptions.DEFAULT.withCache(CachePolicy.in(readOnly))).close();
  }

  private Path largeModel() throws Exception {
    RandomModel.Shape shape = new RandomModel.Shape(1024, 64, 2, 8, 8192, 300, 1);
    return Files.write(folder.resolve("large.gguf"), RandomModel.of(6, shape).toByteArray());
  }

  @Test
  void open_listenerWaitsForAnotherOpen_ends() throws Exception {
    Path model = largeModel();
    ExecutorOptions options = ExecutorOptions.DEFAULT.withThreads(2);
    AtomicBoolean once = new AtomicBoolean();
    InferenceListener opening =
        new InferenceListener() {
          @Override
          public void onProgress(String stage, long done, long total) {
            if (stage.equals("pack") && !once.getAndSet(true)) {
              ExecutorOptions others = options.withCache(CachePolicy.in(folder.resolve("other")));
              begin(() -> GgufExecutor.open(model, others)).join();
            }
          }
        };
    ExecutorOptions kept =
        options.withCache(CachePolicy.in(folder.resolve("kept"))).withProgress(opening);
    begin(() -> GgufExecutor.open(model, kept)).get(60, TimeUnit.SECONDS);
  }

  @Test
  void open_interruptedWhileAnotherPacks_isCancelledSoon() throws Exception {
    Path model = largeModel();
    CountDownLatch packing = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    InferenceListener slow =
        new InferenceListener() {
          @Override
          public void onProgress(String stage, long done, long total) {
            if (stage.equals("pack")) {
              packing.countDown();
              try {
                end.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            }
          }
        };
    ExecutorOptions kept = ExecutorOptions.DEFAULT.withCache(CachePolicy.besideModel());
    var first = begin(() -> GgufExecutor.open(model, kept.withProgress(slow)));
    assertTrue(packing.await(60, TimeUnit.SECONDS), "the lock is held by another open");
    AtomicBoolean stop = new AtomicBoolean();
    InferenceListener cancelling = InferenceListener.NONE.cancelledWhen(stop::get);
    var second = begin(() -> GgufExecutor.open(model, kept.withProgress(cancelling)));
    Thread.sleep(1000);
    stop.set(true);
    try {
      second.handle((a, b) -> 0).get(60, TimeUnit.SECONDS);
    } finally {
      end.countDown();
      first.get(60, TimeUnit.SECONDS).close();
    }
  }
}
