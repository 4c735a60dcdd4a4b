package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract that executes an instruction, beside the machine whose place it takes: the same
 * post-states, and the same witnesses refused. {@code -Dopml.seed=N} repeats what a failure names.
 */
class RiscVStepTest {
  static final Path MODEL =
      Path.of("../opml-examples/src/main/resources/dev/opml/examples/stories-3.7m.q4_0.gguf");
  private static final int GUEST_STEPS = 4000;
  private static final int RANDOM_STEPS = 8000;
  private static final int ALTERED_STEPS = 8000;

  private static List<StepWitness> guest;

  private static long seed() {
    long seed = Long.getLong("opml.seed", new Random().nextLong());
    System.out.println("-Dopml.seed=" + seed);
    return seed;
  }

  @BeforeAll
  static void record() {
    Forge.tool("forge");
    guest = guestSteps(new Random(seed()), GUEST_STEPS);
  }

  /** Steps of the bundled model, at random places of random nodes, first and last ones too. */
  private static List<StepWitness> guestSteps(Random random, int steps) {
    List<StepWitness> witnesses = new ArrayList<>();
    try (GgufExecutor executor = GgufExecutor.open(MODEL, ExecutorOptions.DEFAULT)) {
      InferenceRequest request =
          new InferenceRequest(
              executor.tokenizer().encodePrompt("Once upon a time"),
              4,
              SamplingParameters.GREEDY,
              StopPolicy.NEVER);
      try (Trace trace = executor.trace(request, InferenceListener.NONE)) {
        while (witnesses.size() < steps) {
          NodeIndex node = new NodeIndex(random.nextLong(trace.length()));
          try (MachineTrace machine = trace.machine(node)) {
            addSteps(witnesses, machine, random);
          }
        }
      }
    }
    return witnesses;
  }

  private static void addSteps(List<StepWitness> witnesses, MachineTrace machine, Random random) {
    long count = machine.instructionCount();
    random
        .longs(30, 0, count)
        .sorted()
        .forEach(index ->
            witnesses.add(
                StepWitness.of(machine.witnessAt(new InstructionIndex(index)).encoded())));
    witnesses.add(StepWitness.of(machine.witnessAt(new InstructionIndex(count - 1)).encoded()));
    witnesses.add(StepWitness.of(machine.witnessAt(InstructionIndex.END).encoded()));
  }

  @Test
  void step_ofTheGuest_costsWhatWasPlanned() throws IOException, InterruptedException {
    try (StepRecorder recorder = new StepRecorder()) {
      for (StepWitness witness : guest) {
        recorder.record(witness);
      }
      assertTrue(recorder.refused() == 0, recorder.refused() + " of the guest's are invalid");
      System.out.println(recorder.play("RiscVStepGas"));
    }
  }

  @Test
  void step_ofTheGuestRandomOrAltered_isTheMachines() throws IOException, InterruptedException {
    replay(seed(), guest);
  }

  static List<Long> manySeeds() {
    long first = seed();
    return new Random(first).longs(50).boxed().toList();
  }

  /** A million steps in all. */
  @ParameterizedTest
  @MethodSource("manySeeds")
  @EnabledIfEnvironmentVariable(named = "OPML_SLOW", matches = "1")
  void step_twentyThousandOfASeed_isTheMachines(long seed)
      throws IOException, InterruptedException {
    replay(seed, guestSteps(new Random(seed), GUEST_STEPS));
  }

  private static void replay(long seed, List<StepWitness> guestSteps)
      throws IOException, InterruptedException {
    RandomWitnesses witnesses = new RandomWitnesses(seed);
    AlteredWitnesses adversary = new AlteredWitnesses(seed);
    Random random = new Random(seed);
    Map<Operation, Integer> operations = new EnumMap<>(Operation.class);
    List<StepWitness> originals = new ArrayList<>(guestSteps);
    try (StepRecorder recorder = new StepRecorder()) {
      for (int i = 0; i < RANDOM_STEPS; i++) {
        originals.add(witnesses.next());
      }
      for (StepWitness original : originals) {
        recorder.record(original);
        operations.merge(Decoder.decode(original.word()).operation(), 1, Integer::sum);
      }
      String where = "-Dopml.seed=" + seed;
      assertTrue(recorder.refused() == 0, () -> where + ", refused: " + recorder.refused());
      for (Operation operation : Operation.values()) {
        assertTrue(operations.getOrDefault(operation, 0) >= 10, () -> where + ", " + operations);
      }
      for (int i = 0; i < ALTERED_STEPS; i++) {
        recorder.record(adversary.alter(originals.get(random.nextInt(originals.size()))));
      }
      int refused = recorder.refused();
      assertTrue(
          refused > ALTERED_STEPS / 2 && refused < ALTERED_STEPS,
          () -> where + ", refused: " + refused);
      recorder.play("RiscVStepReplay");
    } catch (AssertionError e) {
      throw new AssertionError("-Dopml.seed=" + seed, e);
    }
  }
}
