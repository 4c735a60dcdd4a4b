package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.ByteVector;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.UnsuitablePromptException;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.testing.RandomNetwork;
import dev.opml.vm.testing.RandomNetwork.Network;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fully connected networks: natively, in the guest, and what is claimed of them. */
class FeedForwardTest {
  private static final long FIRST_SEED = 20_261_130;
  private static final int NETWORKS = 60;
  private static final int PIXELS = 28 * 28;
  private static final int IMAGES_HEADER = 16;
  private static final int LABELS_HEADER = 8;

  @TempDir private Path folder;

  private static ByteVector bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return ByteVector.of(bytes);
  }

  @Test
  void crosscheck_anyNetwork_everyByteIsEqual() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
      Random random = new Random(~seed);
      Network network = RandomNetwork.of(seed);
      ExecutorOptions options =
          ExecutorOptions.DEFAULT
              .withEngine(random.nextBoolean() ? EngineKind.VECTOR : EngineKind.SCALAR)
              .withMode(random.nextBoolean() ? GraphMode.SINGLE_PHASE : GraphMode.ROW_PER_NODE)
              .withThreads(1 + random.nextInt(3));
      try (GgufExecutor executor = GgufExecutor.open(network.gguf().write(folder), options)) {
        InferenceRequest request = InferenceRequest.classify(bytes(random, network.inputs()));
        NodeIndex end = new NodeIndex(request.traceLength(executor.model().header()));
        assertEquals(
            Optional.empty(),
            executor.crosscheck(request, new NodeIndex(0), end, InferenceListener.NONE).first(),
            "seed " + seed);
      }
    }
  }

  @Test
  void run_network_claimHoldsAndAnotherIndexDoesNot() {
    Network network = RandomNetwork.of(FIRST_SEED + 1);
    Path file = network.gguf().write(folder);
    InferenceRequest request = InferenceRequest.classify(bytes(new Random(1), network.inputs()));
    try (GgufExecutor executor = GgufExecutor.open(file);
        GgufExecutor guest =
            GgufExecutor.open(file, ExecutorOptions.DEFAULT.withEngine(EngineKind.GUEST))) {
      InferenceResult result = executor.run(request);
      assertEquals(1, result.output().size());
      assertEquals(guest.run(request).finalRoot(), result.finalRoot());
      assertInstanceOf(Verification.Holds.class, executor.verify(result.claim()));
      assertInstanceOf(Verification.Holds.class, guest.verify(result.claim()));
      int index = result.output().get(0);
      Claim wrong =
          new Claim(result.modelId(), request, TokenIds.of(index ^ 1), result.finalRoot());
      var expected = new Verification.WrongToken(0, index ^ 1, index);
      assertEquals(expected, executor.verify(wrong));
      assertEquals(expected, guest.verify(wrong));
    }
  }

  @Test
  void trace_singlePhase_machineEndsInTheFinalRoot() {
    Network network = RandomNetwork.of(FIRST_SEED + 2);
    ExecutorOptions options = ExecutorOptions.DEFAULT.withMode(GraphMode.SINGLE_PHASE);
    try (GgufExecutor executor = GgufExecutor.open(network.gguf().write(folder), options)) {
      InferenceRequest request = InferenceRequest.classify(bytes(new Random(2), network.inputs()));
      assertEquals(1, request.traceLength(executor.model().header()));
      try (Trace trace = executor.trace(request);
          MachineTrace machine = trace.machine(new NodeIndex(0))) {
        var end = machine.stateAt(InstructionIndex.END);
        assertEquals(MachineStatus.HALTED, end.status());
        assertEquals(executor.run(request).finalRoot().value(), end.lowerRoot());
      }
    }
  }

  @Test
  void run_promptThatTheModelDoesNotRead_isRefusedByName() {
    Network network = RandomNetwork.of(FIRST_SEED + 3);
    ByteVector tooMany = bytes(new Random(3), network.inputs() + 1);
    try (GgufExecutor executor = GgufExecutor.open(network.gguf().write(folder));
        GgufExecutor text = GgufExecutor.open(TestData.bundledModelQ4())) {
      assertRefused(
          "reads a vector of " + network.inputs() + " bytes, and the prompt is a vector of",
          () -> executor.run(InferenceRequest.classify(tooMany)));
      assertRefused(
          "the prompt is token ids",
          () -> executor.run(InferenceRequest.greedy(TokenIds.of(0), 1)));
      assertRefused("reads token ids", () -> text.trace(InferenceRequest.classify(tooMany)));
      assertRefused("no text", executor::tokenizer);
    }
  }

  private static void assertRefused(String message, Runnable call) {
    var e = assertThrows(UnsuitablePromptException.class, call::run);
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
  }

  @Test
  void open_anyContextLimit_isTheSameModel() {
    Path file = RandomNetwork.of(FIRST_SEED).gguf().write(folder);
    try (GgufExecutor own = GgufExecutor.open(file);
        GgufExecutor longer =
            GgufExecutor.open(file, ExecutorOptions.DEFAULT.withContextLimit(4096))) {
      assertEquals(own.model(), longer.model());
      assertEquals(2, own.model().header().contextLimit());
    }
  }

  /** Inputs that no request has: several positions, words of penalties and choices, cut short. */
  @Test
  void crosscheck_anyInput_everyByteIsEqual() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
      Random random = new Random(seed);
      Network network = RandomNetwork.of(seed);
      ExecutorOptions options =
          ExecutorOptions.DEFAULT.withMode(
              random.nextBoolean() ? GraphMode.SINGLE_PHASE : GraphMode.ROW_PER_NODE);
      try (GgufExecutor executor = GgufExecutor.open(network.gguf().write(folder), options)) {
        assertEquals(
            Optional.empty(),
            executor.crosscheck(input(random), 0, Long.MAX_VALUE, InferenceListener.NONE).first(),
            "seed " + seed);
      }
    }
  }

  private static RawInput input(Random random) {
    byte[] bytes = new byte[64 + random.nextInt(600)];
    random.nextBytes(bytes);
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    words.putInt(4, random.nextInt(4)).putInt(8, random.nextInt(4)).putInt(12, random.nextInt(3));
    words.putInt(52, random.nextInt(3)).putInt(56, random.nextInt(3));
    return new RawInput(MemorySegment.ofArray(bytes));
  }

  @Test
  void run_bundledNetwork_recognisesAllTwentyDigits() throws IOException {
    Path network = TestData.bundled("mnist-784-500-10.q8_0.gguf");
    assertEquals(20, recognised(network, TestData.bundled("own-20-")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "q8_0"})
  void run_trainedNetwork_recognisesMostDigits(String format) throws IOException {
    Path network = TestData.assumeShared("data/models/ours/mnist-784-500-10." + format + ".gguf");
    Path digits = TestData.assumeShared("data/digits");
    assertEquals(20, recognised(network, digits.resolve("own-20-")));
    assertEquals(985, recognised(network, digits.resolve("mnist-1000-")));
  }

  /** Counts the digits that are recognised, of those in two files of IDX format. */
  private static int recognised(Path network, Path digits) throws IOException {
    byte[] images = Files.readAllBytes(Path.of(digits + "images.idx3-ubyte"));
    byte[] labels = Files.readAllBytes(Path.of(digits + "labels.idx1-ubyte"));
    int right = 0;
    try (GgufExecutor executor = GgufExecutor.open(network)) {
      for (int i = 0; i < labels.length - LABELS_HEADER; i++) {
        int at = IMAGES_HEADER + i * PIXELS;
        ByteVector image = ByteVector.of(Arrays.copyOfRange(images, at, at + PIXELS));
        InferenceResult result = executor.run(InferenceRequest.classify(image));
        right += result.output().get(0) == labels[LABELS_HEADER + i] ? 1 : 0;
      }
    }
    return right;
  }
}
