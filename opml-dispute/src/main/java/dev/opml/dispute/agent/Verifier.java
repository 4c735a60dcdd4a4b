package dev.opml.dispute.agent;

import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestView;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Checks every revealed claim of others about the models it serves, and tells its listener. */
public final class Verifier implements Agent {
  private final AgentContext context;
  private final Tasks tasks;
  private final ChainIndex index;
  private final Map<ClaimId, Verification> verdicts = new ConcurrentHashMap<>();

  /** Makes a verifier. It sends nothing. */
  public Verifier(AgentContext context) {
    this.context = context;
    this.tasks = new Tasks(context.workers(), context.listener());
    this.index = new ChainIndex(context.arbiter());
  }

  @Override
  public void poll() {
    index.refresh();
    for (ClaimId id : index.claims(this::isOfInterest)) {
      ClaimView claim = claim(id);
      if (claim.status() == ClaimStatus.REVEALED && !verdicts.containsKey(id)) {
        tasks.start(id, () -> check(claim));
      }
    }
    verdicts.keySet().removeIf(id -> !claim(id).status().alive());
  }

  /** Whether a claim can still be challenged, or will be. */
  private boolean isOfInterest(ClaimId id) {
    ClaimView claim = claim(id);
    RequestView request = request(claim);
    return claim.status().alive()
        && !claim.proposer().equals(context.arbiter().account())
        && context.runner(request.terms().model()).isPresent()
        && (claim.status() == ClaimStatus.SEALED
            || context.now() <= Settling.challengeDeadline(claim, request));
  }

  private void check(ClaimView view) {
    RequestView request = request(view);
    Claim claim =
        new Claim(
            request.terms().model(),
            request.terms().inference(),
            view.output(),
            view.finalRoot().orElseThrow());
    Verification verdict = context.runner(claim.modelId()).orElseThrow().verify(claim);
    verdicts.put(view.id(), verdict);
    context.listener().onVerdict(view.id(), verdict);
  }

  /** What was found about a claim, if it was checked and is alive. */
  public Optional<Verification> verdict(ClaimId claim) {
    return Optional.ofNullable(verdicts.get(claim));
  }

  private ClaimView claim(ClaimId id) {
    return context.arbiter().claim(id).orElseThrow();
  }

  private RequestView request(ClaimView claim) {
    return context.arbiter().request(claim.request()).orElseThrow();
  }

  @Override
  public void close() {}
}
