package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.agent.AgentListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckedClaimsTest {
  private static final ClaimId ID = new ClaimId(new Bytes32(1, 2, 3, 4));

  private final List<Throwable> failures = new ArrayList<>();
  private final CheckedClaims claims =
      new CheckedClaims(
          new AgentListener() {
            @Override
            public void onFailure(Object what, Throwable failure) {
              failures.add(failure);
            }
          });

  private void fail() {
    claims.check(
        ID,
        () -> {
          throw new OpmlException("the file has changed");
        });
  }

  @Test
  void status_oneThatCannotBeCheckedAndATrueOne_isRefused() {
    fail();
    claims.check(ID, Verification.Holds::new);
    claims.leaveOut();
    assertEquals(ExitStatus.REFUSED, claims.status());
    assertEquals(1, failures.size());
    assertEquals(
        "1 checked, 0 false, 1 could not be checked, 1 of other models", claims.describe());
  }

  @Test
  void status_oneThatCannotBeCheckedBeforeAFalseOne_isThatOfTheFalseOne() {
    fail();
    claims.check(ID, () -> new Verification.WrongToken(1, 2, 3));
    assertEquals(ExitStatus.DOES_NOT_HOLD, claims.status());
  }

  @Test
  void status_none_holds() {
    claims.leaveOut();
    assertEquals(ExitStatus.HOLDS, claims.status());
  }
}
