package dev.opml.vm.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Trace;
import dev.opml.vm.testing.TestData;
import org.junit.jupiter.api.Test;

/** Images whose whole inference is one node. */
class SinglePhaseTest {
  @Test
  void machine_ofTheOnlyNode_endsWhereTheNativeEngineEnds() {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withMode(GraphMode.SINGLE_PHASE);
    try (LlamaExecutor executor = LlamaExecutor.open(TestData.bundledModelQ4(), options)) {
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
}
