package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.testing.TestData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Images whose whole inference is one node. */
class SinglePhaseTest {
  private static final ExecutorOptions SINGLE =
      ExecutorOptions.DEFAULT.withMode(GraphMode.SINGLE_PHASE).withContextLimit(16);

  @Test
  void machine_ofTheOnlyNode_endsWhereTheNativeEngineEnds() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4(), SINGLE)) {
      InferenceRequest request =
          InferenceRequest.greedy(executor.tokenizer().encodePrompt("Once"), 2);
      assertEquals(1, request.traceLength(executor.model().header()));
      try (Trace trace = executor.trace(request, InferenceListener.NONE);
          MachineTrace machine = trace.machine(new NodeIndex(0))) {
        var end = machine.stateAt(InstructionIndex.END);
        assertEquals(MachineStatus.HALTED, end.status());
        assertEquals(trace.rootAt(new NodeIndex(1)).value(), end.lowerRoot());
        assertEquals(
            executor.run(request, InferenceListener.NONE).finalRoot(),
            trace.rootAt(new NodeIndex(1)));
      }
    }
  }

  @Test
  void crosscheck_singlePhase_comparesWhatTheOnlyNodeLeaves() {
    try (GgufExecutor executor = GgufExecutor.open(TestData.bundledModelQ4(), SINGLE)) {
      InferenceRequest request = InferenceRequest.greedy(TokenIds.of(1, 412), 2);
      assertEquals(
          new CrosscheckReport(1, 0, Optional.empty()),
          executor.crosscheck(request, new NodeIndex(0), new NodeIndex(1), InferenceListener.NONE));
    }
  }

  @Test
  void guest_singlePhase_reportsAndVerifiesEveryToken() {
    try (GgufExecutor guest =
        GgufExecutor.open(TestData.bundledModelQ4(), SINGLE.withEngine(EngineKind.GUEST))) {
      List<Integer> tokens = new ArrayList<>();
      InferenceListener listener =
          new InferenceListener() {
            @Override
            public void onToken(int index, int tokenId) {
              assertEquals(tokens.size(), index);
              tokens.add(tokenId);
            }
          };
      InferenceResult result = guest.run(InferenceRequest.greedy(TokenIds.of(1, 412), 3), listener);
      assertEquals(result.output().stream().boxed().toList(), tokens);
      int first = result.output().get(0);
      Claim lie =
          new Claim(
              result.modelId(),
              result.request(),
              result.output().with(0, first ^ 1),
              result.finalRoot());
      assertEquals(
          new Verification.WrongToken(0, first ^ 1, first),
          guest.verify(lie, InferenceListener.NONE));
    }
  }
}
