package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Verification;
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
  void verify_claimAboutItsModel_isTheExecutorsVerdict() {
    Claim claim = claim(OWN);
    Verification wrong = new Verification.WrongToken(0, 2, 3);
    when(executor.verify(claim)).thenReturn(wrong);
    assertEquals(wrong, ModelRunner.of(executor).verify(claim));
  }
}
