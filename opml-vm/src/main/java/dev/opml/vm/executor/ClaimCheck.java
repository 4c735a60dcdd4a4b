package dev.opml.vm.executor;

import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Verification;
import dev.opml.vm.engine.Checkpoint;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.image.ProgramImage;

/** Checks a claim about an image's model: its tokens one by one, their number, the final root. */
final class ClaimCheck {
  private final ProgramImage image;
  private final Claim claim;

  ClaimCheck(ProgramImage image, Claim claim) {
    this.image = image;
    this.claim = claim;
  }

  /** A checkpoint that reports how far the check is. */
  Checkpoint reportingTo(Watch watch) {
    return position -> watch.report("verify", Math.min(position, positions()), positions());
  }

  /** Positions that a right claim takes. */
  private long positions() {
    return claim.request().firstSampledPosition() + (long) Math.max(1, claim.output().size());
  }

  /**
   * Checks the claim.
   *
   * @param inference inference of the claim's request, at position 0
   */
  Verification check(Inference inference) {
    TokenIds claimed = claim.output();
    int right = inference.verify(claimed, null);
    while (right == claimed.size() && right == inference.output().size() && !inference.finished()) {
      inference.advance(null);
    }
    TokenIds output = inference.output();
    if (right < claimed.size() || right < output.size()) {
      return new Verification.WrongToken(right, tokenAt(claimed, right), tokenAt(output, right));
    }
    StateRoot root = new StateRoot(image.treeWith(claim.request(), inference.memory()).root());
    return root.equals(claim.finalRoot())
        ? new Verification.Holds()
        : new Verification.WrongFinalRoot(claim.finalRoot(), root);
  }

  private static int tokenAt(TokenIds tokens, int index) {
    return index < tokens.size() ? tokens.get(index) : -1;
  }
}
