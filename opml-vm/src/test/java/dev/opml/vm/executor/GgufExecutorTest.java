package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.StopReason;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.Commitments;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufExecutorTest {
  private static final SamplingParameters WARM = new SamplingParameters(0.8f, 40, 0.95f, 0.02f, 7);

  private static GgufExecutor executor;
  private static TokenIds prompt;

  @BeforeAll
  static void open() {
    executor = GgufExecutor.open(TestData.bundledModel(), ExecutorOptions.DEFAULT);
    prompt = executor.tokenizer().encodePrompt("Once upon a time");
  }

  @AfterAll
  static void close() {
    executor.close();
  }

  private static InferenceResult run(InferenceRequest request) {
    return executor.run(request, InferenceListener.NONE);
  }

  private static InferenceRequest sampled(int tokens) {
    return new InferenceRequest(prompt, tokens, WARM, StopPolicy.NEVER);
  }

  @Test
  void run_anyEngineAndThreads_givesTheSameResult() {
    InferenceRequest request = sampled(6);
    InferenceResult expected = run(request);
    for (EngineKind kind : EngineKind.values()) {
      ExecutorOptions options =
          ExecutorOptions.DEFAULT.withEngine(kind).withThreads(kind == EngineKind.VECTOR ? 3 : 1);
      try (GgufExecutor other = GgufExecutor.open(TestData.bundledModel(), options)) {
        InferenceResult result = other.run(request, InferenceListener.NONE);
        assertEquals(expected.output(), result.output(), kind.name());
        assertEquals(expected.finalRoot(), result.finalRoot(), kind.name());
        assertEquals(expected.outputRoot(), result.outputRoot(), kind.name());
        assertEquals(expected.inputRoot(), result.inputRoot(), kind.name());
      }
    }
  }

  @Test
  void run_result_opensAgainstItsRoots() {
    InferenceResult result = run(sampled(40));
    assertEquals(Commitments.inputRoot(result.request()), result.inputRoot());
    assertEquals(Commitments.outputRoot(result.output()), result.outputRoot());
    assertTrue(Commitments.outputOpens(result.output(), result.outputPath(), result.finalRoot()));
  }

  @Test
  void run_listener_hearsEveryTokenAndItsLogits() {
    List<Integer> tokens = new ArrayList<>();
    List<Integer> positions = new ArrayList<>();
    InferenceRequest request = InferenceRequest.greedy(prompt, 5);
    InferenceResult result =
        executor.run(
            request,
            new InferenceListener() {
              @Override
              public void onToken(int index, int tokenId) {
                assertEquals(tokens.size(), index);
                tokens.add(tokenId);
              }

              @Override
              public void onLogits(int position, FloatBuffer logits) {
                assertEquals(1024, logits.remaining());
                positions.add(position);
              }
            });
    assertEquals(result.output(), TokenIds.of(tokens.stream().mapToInt(i -> i).toArray()));
    assertEquals(List.of(4, 5, 6, 7, 8), positions);
  }

  @Test
  void run_requestBeyondLimits_isRefused() {
    assertThrows(LimitExceededException.class, () -> run(InferenceRequest.greedy(prompt, 512)));
    assertThrows(
        LimitExceededException.class, () -> run(InferenceRequest.greedy(TokenIds.of(1, 1024), 1)));
  }

  @Test
  void verify_trueClaim_holds() {
    assertInstanceOf(
        Verification.Holds.class,
        executor.verify(run(sampled(30)).claim(), InferenceListener.NONE));
    assertInstanceOf(
        Verification.Holds.class,
        executor.verify(run(InferenceRequest.greedy(prompt, 100)).claim(), InferenceListener.NONE));
  }

  @Test
  void verify_anyWrongToken_namesTheFirst() {
    Claim claim = run(sampled(20)).claim();
    for (int i = 0; i < 20; i++) {
      int wrong = claim.output().get(i) ^ 1;
      Claim lie =
          new Claim(
              claim.modelId(), claim.request(), claim.output().with(i, wrong), claim.finalRoot());
      Verification found = executor.verify(lie, InferenceListener.NONE);
      assertEquals(new Verification.WrongToken(i, wrong, claim.output().get(i)), found);
    }
  }

  @Test
  void verify_wrongLength_namesThePlace() {
    Claim claim = run(sampled(8)).claim();
    TokenIds output = claim.output();
    Claim shorter =
        new Claim(claim.modelId(), claim.request(), output.slice(0, 5), claim.finalRoot());
    assertEquals(
        new Verification.WrongToken(5, -1, output.get(5)),
        executor.verify(shorter, InferenceListener.NONE));
    Claim longer =
        new Claim(
            claim.modelId(), claim.request(), output.concat(TokenIds.of(9)), claim.finalRoot());
    assertEquals(
        new Verification.WrongToken(8, 9, -1), executor.verify(longer, InferenceListener.NONE));
    Claim empty = new Claim(claim.modelId(), claim.request(), TokenIds.EMPTY, claim.finalRoot());
    assertEquals(
        new Verification.WrongToken(0, -1, output.get(0)),
        executor.verify(empty, InferenceListener.NONE));
  }

  @Test
  void verify_throughTheGuest_findsWrongLengths() {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withEngine(EngineKind.GUEST);
    try (GgufExecutor guest = GgufExecutor.open(TestData.bundledModelQ4(), options)) {
      InferenceRequest request = InferenceRequest.greedy(TokenIds.of(1, 412), 2);
      Claim claim = guest.run(request, InferenceListener.NONE).claim();
      TokenIds output = claim.output();
      assertTrue(guest.verify(claim, InferenceListener.NONE).holds());
      for (int kept = 0; kept < 2; kept++) {
        Claim shorter =
            new Claim(claim.modelId(), request, output.slice(0, kept), claim.finalRoot());
        assertEquals(
            new Verification.WrongToken(kept, -1, output.get(kept)),
            guest.verify(shorter, InferenceListener.NONE));
      }
      Claim longer =
          new Claim(claim.modelId(), request, output.concat(TokenIds.of(9)), claim.finalRoot());
      assertEquals(
          new Verification.WrongToken(2, 9, -1), guest.verify(longer, InferenceListener.NONE));
    }
  }

  @Test
  void verify_wrongFinalRoot_isFound() {
    Claim claim = run(sampled(4)).claim();
    StateRoot wrong = new StateRoot(executor.model().imageRoot().value());
    assertEquals(
        new Verification.WrongFinalRoot(wrong, claim.finalRoot()),
        executor.verify(
            new Claim(claim.modelId(), claim.request(), claim.output(), wrong),
            InferenceListener.NONE));
  }

  @Test
  void trace_ofARun_startsAndEndsWithItsRoots() throws Exception {
    InferenceRequest request = sampled(5);
    InferenceResult result = run(request);
    try (Trace trace = executor.trace(request, InferenceListener.NONE)) {
      assertEquals(result.output(), trace.output());
      assertEquals(
          Commitments.initialRoot(result.inputRoot(), executor.registration().inputPath()),
          trace.rootAt(new NodeIndex(0)));
      assertEquals(result.finalRoot(), trace.finalRoot());
      assertTrue(Commitments.outputOpens(trace.output(), trace.outputPath(), result.finalRoot()));
    }
  }

  @Test
  void trace_afterAStopToken_neverChangesAgain(@TempDir Path folder) throws IOException {
    TokenIds honest = run(InferenceRequest.greedy(prompt, 12)).output();
    int stopId = honest.get(4);
    int firstUse = honest.stream().boxed().toList().indexOf(stopId);
    try (GgufExecutor other =
        GgufExecutor.open(withStopToken(folder, stopId), ExecutorOptions.DEFAULT)) {
      InferenceRequest request = InferenceRequest.greedy(prompt, 12);
      Trace trace = other.trace(request, InferenceListener.NONE);
      assertEquals(honest.slice(0, firstUse + 1), trace.output());
      InferenceResult result = other.run(request, InferenceListener.NONE);
      assertEquals(StopReason.STOP_TOKEN, result.stopReason());
      assertEquals(trace.finalRoot(), result.finalRoot());
      assertTrue(other.verify(result.claim(), InferenceListener.NONE).holds());
      long nodesPerToken = other.model().header().nodesPerToken();
      long stop = (prompt.size() + firstUse) * nodesPerToken;
      assertEquals(trace.rootAt(new NodeIndex(stop)), result.finalRoot());
      assertNotEquals(trace.rootAt(new NodeIndex(stop - 1)), result.finalRoot());
      CrosscheckReport report =
          other.crosscheck(request, new NodeIndex(stop - 2), trace.end(), InferenceListener.NONE);
      assertEquals(new CrosscheckReport(2, 0, Optional.empty()), report);
      MachineTrace identity = trace.machine(new NodeIndex(stop + 5));
      assertEquals(result.finalRoot().value(), identity.stateAt(InstructionIndex.END).lowerRoot());
    }
  }

  /** The bundled model with another end-of-sequence token. */
  private static Path withStopToken(Path folder, int id) throws IOException {
    byte[] bytes = Files.readAllBytes(TestData.bundledModel());
    byte[] key = "tokenizer.ggml.eos_token_id".getBytes(StandardCharsets.US_ASCII);
    int at = 0;
    while (!Arrays.equals(key, 0, key.length, bytes, at, at + key.length)) {
      at++;
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at + key.length + 4, id);
    return Files.write(folder.resolve("stop.gguf"), bytes);
  }

  @Test
  void machine_anyNode_leadsToTheNextRoot() throws Exception {
    InferenceRequest request = sampled(3);
    int nodesPerToken = executor.model().header().nodesPerToken();
    try (Trace trace = executor.trace(request, InferenceListener.NONE)) {
      for (long node = 3; node < trace.length(); node += nodesPerToken / 2 + 3) {
        try (var machine = trace.machine(new NodeIndex(node))) {
          var end = machine.stateAt(InstructionIndex.END);
          assertEquals(
              trace.rootAt(new NodeIndex(node + 1)).value(),
              end.lowerRoot(),
              () -> trace.describe(new NodeIndex(0)).toString());
        }
      }
    }
  }
}
