package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.toy.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelRunnerTest {
  private static final ModelId OWN = new ModelId(new Bytes32(1, 2, 3, 4));
  private static final ModelId OTHER = new ModelId(new Bytes32(5, 6, 7, 8));

  private final Executor executor = mock(Executor.class);

  private static Claim claim(ModelId model) {
    return new Claim(
        model,
        InferenceRequest.greedy(TokenIds.of(1), 1),
        TokenIds.of(2),
        new StateRoot(Bytes32.ZERO));
  }

  @Test
  void verify_claimAboutAnotherModel_isNoVerdictToChallengeOn() {
    Claim claim = claim(OTHER);
    when(executor.verify(claim)).thenReturn(new Verification.WrongModel(OTHER, OWN));
    ModelRunner runner = ModelRunner.of(executor);
    assertThrows(IllegalArgumentException.class, () -> runner.verify(claim));
  }

  @Test
  void answer_ofATracingRunner_givesItsTraceAway() {
    Trace trace = new Arena().truth;
    when(executor.trace(trace.request())).thenReturn(trace);
    List<Trace> kept = new ArrayList<>();
    Answer answer = ModelRunner.tracing(executor).answer(trace.request(), kept::add);
    assertEquals(Answer.of(trace), answer);
    assertEquals(List.of(trace), kept);
  }

  @Test
  void answer_ofATraceThatFails_closesIt() {
    Trace trace = mock(Trace.class);
    IllegalStateException failure = new IllegalStateException("say");
    when(trace.output()).thenThrow(failure);
    InferenceRequest request = InferenceRequest.greedy(TokenIds.of(1), 1);
    when(executor.trace(request)).thenReturn(trace);
    ModelRunner runner = ModelRunner.tracing(executor);
    List<Trace> kept = new ArrayList<>();
    assertSame(
        failure,
        assertThrows(IllegalStateException.class, () -> runner.answer(request, kept::add)));
    assertEquals(List.of(), kept);
    verify(trace).close();
  }

  @Test
  void verify_claimAboutItsModel_isTheExecutorsVerdict() {
    Claim claim = claim(OWN);
    Verification wrong = new Verification.WrongToken(0, 2, 3);
    when(executor.verify(claim)).thenReturn(wrong);
    assertEquals(wrong, ModelRunner.of(executor).verify(claim));
  }
}
