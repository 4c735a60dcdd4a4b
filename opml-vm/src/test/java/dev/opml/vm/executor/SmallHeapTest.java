package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.InsufficientMemoryException;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.testing.TestData;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls of many threads in a JVM whose memory is short. */
class SmallHeapTest {
  private static final TokenIds PROMPT = TokenIds.of(1, 412, 432, 261, 384);

  @Test
  void run_sixThatDoNotFitTogether_takeTurnsAndAgree() throws Exception {
    assertEquals(
        List.of("6 alike"), start("-Xmx160m -XX:+UseSerialGC -XX:-UseGCOverheadLimit", "LARGE"));
  }

  @Test
  void run_sixThatDoNotFitTogetherOutsideTheHeap_takeTurnsAndAgree() throws Exception {
    assertEquals(List.of("6 alike"), start("-Xmx700m -XX:MaxDirectMemorySize=80m", "LARGE"));
  }

  @Test
  void call_mixedOnEightThreads_agree() throws Exception {
    assertEquals(List.of("24 alike"), start("-Xmx256m -XX:MaxDirectMemorySize=8m", "MIXED"));
  }

  @Test
  void run_thatDoesNotFitAlone_isRefusedAndTheNextRuns() throws Exception {
    assertEquals(List.of("refused twice", "1 alike"), start("-Xmx160m", "TOO_LARGE"));
  }

  private static List<String> start(String flags, String what)
      throws IOException, InterruptedException {
    Path root = TestData.repositoryRoot();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of(flags.split(" ")));
    command.add("-cp");
    command.add(
        Stream.of(
                "vm/target/classes",
                "vm/target/test-classes",
                "api/target/classes",
                "merkle/target/classes")
            .map(path -> root.resolve("opml-" + path).toString())
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(List.of(SmallHeapProcess.class.getName(), what));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.contains("incubator"))
            .toList();
    assertEquals(0, process.waitFor(), () -> command + "\n" + String.join("\n", output));
    return output;
  }

  /** The program that runs in the small JVM. */
  static final class SmallHeapProcess {
    public static void main(String[] args) throws Exception {
      switch (args[0]) {
        case "LARGE" -> large(6, 16384);
        case "MIXED" -> mixed();
        case "TOO_LARGE" -> {
          tooLarge();
          large(1, 16384);
        }
        default -> throw new IllegalArgumentException(args[0]);
      }
    }

    private static GgufExecutor open(int context) {
      return GgufExecutor.open(
          TestData.bundledModelQ4(), ExecutorOptions.DEFAULT.withContextLimit(context));
    }

    /** Runs that take the memory of a full context, and are ended after a few tokens. */
    private static void large(int runs, int context) throws Exception {
      try (GgufExecutor executor = open(context)) {
        InferenceRequest request = InferenceRequest.greedy(PROMPT, context - PROMPT.size());
        print(
            executor.run(request.withMaxNewTokens(20)), runs, i -> () -> begin(executor, request));
      }
    }

    private static InferenceResult begin(GgufExecutor executor, InferenceRequest request) {
      AtomicBoolean stop = new AtomicBoolean();
      InferenceListener listener =
          new InferenceListener() {
            @Override
            public void onToken(int index, int tokenId) {
              stop.set(index == 19);
            }
          };
      try {
        return executor.run(request, listener.cancelledWhen(stop::get));
      } catch (CancelledException e) {
        return e.partial().orElseThrow();
      }
    }

    private static void mixed() throws Exception {
      try (GgufExecutor executor = open(0)) {
        InferenceRequest request = InferenceRequest.greedy(PROMPT, 20);
        InferenceResult expected = executor.run(request);
        print(
            expected,
            24,
            i ->
                () ->
                    switch (i % 3) {
                      case 0 -> executor.run(request);
                      case 1 -> verified(executor, expected);
                      default -> traced(executor, expected);
                    });
      }
    }

    private static InferenceResult verified(GgufExecutor executor, InferenceResult expected) {
      Claim claim = expected.claim();
      if (!executor.verify(claim).holds()) {
        throw new AssertionError("does not hold");
      }
      return expected;
    }

    private static InferenceResult traced(GgufExecutor executor, InferenceResult expected) {
      try (Trace trace = executor.trace(expected.request())) {
        if (!trace.finalRoot().equals(expected.finalRoot())) {
          throw new AssertionError("another root");
        }
        trace.machine(new NodeIndex(trace.length() / 2)).close();
      }
      return expected;
    }

    private static void tooLarge() {
      int context = 1 << 17;
      try (GgufExecutor executor = open(context)) {
        for (int i = 0; i < 2; i++) {
          try {
            executor.run(InferenceRequest.greedy(PROMPT, context - PROMPT.size()));
            throw new AssertionError("ran");
          } catch (InsufficientMemoryException e) {
            if (e.needed() < e.limit()) {
              throw new AssertionError(e);
            }
          }
        }
      }
      System.out.println("refused twice");
    }

    private interface Numbered {
      Callable<InferenceResult> call(int i);
    }

    private static void print(InferenceResult expected, int count, Numbered calls)
        throws InterruptedException, ExecutionException {
      int alike = 0;
      try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
        List<Future<InferenceResult>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          results.add(threads.submit(calls.call(i)));
        }
        for (Future<InferenceResult> result : results) {
          boolean same = result.get().finalRoot().equals(expected.finalRoot());
          alike += same && result.get().output().equals(expected.output()) ? 1 : 0;
        }
      }
      System.out.println(alike + " alike");
    }
  }
}
