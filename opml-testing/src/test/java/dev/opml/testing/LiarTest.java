package dev.opml.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.MachineStateHash;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.MachineStates;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.machine.WitnessStep;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A liar of each kind of operator: where it parts from the truth, and that one instruction gives it
 * away.
 */
class LiarTest {
  private static final long SEED = 42;
  private static final String MODEL =
      "../opml-examples/src/main/resources/dev/opml/examples/stories-3.7m.q4_0.gguf";

  private static GgufExecutor executor;
  private static Liar liar;
  private static InferenceRequest request;
  private static Trace honest;

  @BeforeAll
  static void open() {
    executor = GgufExecutor.open(Path.of(MODEL), ExecutorOptions.DEFAULT);
    liar = new Liar(executor.image(), ExecutorOptions.DEFAULT);
    request = InferenceRequest.greedy(executor.tokenizer().encodePrompt("Once upon a time"), 3);
    honest = executor.trace(request, InferenceListener.NONE);
  }

  @AfterAll
  static void close() {
    honest.close();
    liar.close();
    executor.close();
  }

  /** One node of every operator at the first position that samples, and one identity. */
  static IntStream nodes() {
    int rows = executor.model().header().nodesPerToken();
    int sampling = request.firstSampledPosition() * rows;
    return IntStream.concat(
        IntStream.of(rows - 1, sampling + rows - 3, sampling + rows - 2, sampling + rows - 1),
        IntStream.range(sampling, sampling + 10));
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void trace_anyOperator_isConsistentExceptForOneInstruction(int index) {
    NodeIndex node = new NodeIndex(index);
    Lie lie = liar.flippedBit(request, node, new Random(SEED + index));
    Trace lying = liar.trace(request, lie, InferenceListener.NONE);
    NodeIndex next = new NodeIndex(index + 1);
    assertEquals(honest.rootAt(node), lying.rootAt(node), lie.toString());
    assertNotEquals(honest.rootAt(next), lying.rootAt(next), lie.toString());
    try (MachineTrace truth = honest.machine(node);
        MachineTrace lies = lying.machine(node)) {
      assertEquals(
          lying.rootAt(next).value(),
          lies.stateAt(InstructionIndex.END).lowerRoot(),
          lie.toString());
      long agreed = 0;
      long disputed = InstructionIndex.END.value();
      while (disputed - agreed > 1) {
        long middle = (agreed + disputed) >>> 1;
        if (hash(truth, middle).equals(hash(lies, middle))) {
          agreed = middle;
        } else {
          disputed = middle;
        }
      }
      MachineStateHash post =
          new WitnessStep().step(hash(truth, agreed), lies.witnessAt(new InstructionIndex(agreed)));
      assertEquals(hash(truth, disputed), post, lie.toString());
      assertNotEquals(hash(lies, disputed), post, lie.toString());
    }
  }

  private static MachineStateHash hash(MachineTrace trace, long boundary) {
    InstructionIndex at = new InstructionIndex(boundary);
    MachineStateHash hash = trace.hashesAt(List.of(at)).getFirst();
    assertEquals(MachineStates.hash(trace.stateAt(at)), hash);
    return hash;
  }

  @Test
  void lie_aboutWhatThereIsNot_isRefused() {
    NodeIndex none = new NodeIndex(honest.length());
    Lie lie = new Lie(none, MemoryRegion.STATE.base(), 1);
    assertThrows(
        IllegalArgumentException.class, () -> liar.trace(request, lie, InferenceListener.NONE));
    assertThrows(
        IndexOutOfBoundsException.class, () -> liar.flippedBit(request, none, new Random(SEED)));
    for (int index : new int[] {-1, 3}) {
      assertThrows(IndexOutOfBoundsException.class, () -> liar.wrongToken(request, index, 1, 2));
    }
  }

  @Test
  void liar_aboutASinglePhaseImage_isRefused() {
    ExecutorOptions single =
        ExecutorOptions.DEFAULT.withMode(GraphMode.SINGLE_PHASE).withContextLimit(8);
    try (GgufExecutor one = GgufExecutor.open(Path.of(MODEL), single)) {
      assertThrows(IllegalArgumentException.class, () -> new Liar(one.image(), single));
    }
  }

  @Test
  void trace_wrongToken_answersWithIt() {
    int computed = honest.output().get(1);
    Lie lie = liar.wrongToken(request, 1, computed, 77);
    Trace lying = liar.trace(request, lie, InferenceListener.NONE);
    assertEquals(77, lying.output().get(1));
    assertEquals(honest.output().get(0), lying.output().get(0));
    assertEquals(honest.rootAt(lie.node()), lying.rootAt(lie.node()));
    NodeIndex end = honest.end();
    assertNotEquals(honest.rootAt(end), lying.rootAt(end));
  }
}
