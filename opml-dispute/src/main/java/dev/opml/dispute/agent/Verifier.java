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
  private final Recent<Claim, Verification> checked = new Recent<>();

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
      ClaimView view = context.claim(id);
      if (view.status() == ClaimStatus.REVEALED && !verdicts.containsKey(id)) {
        Claim claim = content(view);
        // Copies of a claim cost nobody a bond, so they must not cost a run each.
        tasks.start(claim, () -> check(id, claim));
      }
    }
    verdicts.keySet().removeIf(id -> !context.claim(id).status().alive());
  }

  /** Whether a claim can still be challenged, or will be. */
  private boolean isOfInterest(ClaimId id) {
    ClaimView claim = context.claim(id);
    RequestView request = context.request(claim);
    return claim.status().alive()
        && !claim.proposer().equals(context.arbiter().account())
        && context.runner(request.terms().model()).isPresent()
        && (claim.status() == ClaimStatus.SEALED || claim.canChallenge(context.head(), 0));
  }

  private Claim content(ClaimView view) {
    RequestView request = context.request(view);
    return new Claim(
        request.terms().model(),
        request.terms().inference(),
        view.output(),
        view.finalRoot().orElseThrow());
  }

  private void check(ClaimId id, Claim claim) {
    Verification verdict =
        checked.get(claim, () -> context.runner(claim.modelId()).orElseThrow().verify(claim));
    verdicts.put(id, verdict);
    context.listener().onVerdict(id, verdict);
  }

  /** What was found about a claim, if it was checked and is alive. */
  public Optional<Verification> verdict(ClaimId claim) {
    return Optional.ofNullable(verdicts.get(claim));
  }

  @Override
  public void close() {}
}
