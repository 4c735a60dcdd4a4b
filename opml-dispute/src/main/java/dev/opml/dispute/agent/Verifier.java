package dev.opml.dispute.agent;

import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Checks every revealed claim of others about the models it serves, and tells its listener. */
public final class Verifier implements Agent {
  private static final int DECLINED = 4096;

  private final AgentContext context;
  private final Consumer<ClaimId> wrong;
  private final Tasks tasks;
  private final Steps steps;
  private final ChainIndex index;
  private final Map<ClaimId, Verification> verdicts = new ConcurrentHashMap<>();
  private final Recent<Claim, Verification> checked = new Recent<>();

  /** Claims that wait for their check since the last round, the most urgent first. */
  private volatile List<Unchecked> unchecked = List.of();

  private final Recent<ClaimId, Boolean> declined = new Recent<>(DECLINED);

  /**
   * A claim that waits for its check.
   *
   * @param tooLate whether a run may take longer than its window lasts: it comes after all others
   */
  private record Unchecked(
      ClaimId id, Claim claim, boolean tooLate, long failures, long secondsLeft) {}

  /** Makes a verifier. It sends nothing. */
  public Verifier(AgentContext context) {
    this(context, _ -> {});
  }

  /** Makes a verifier that passes on each claim that it finds wrong. */
  Verifier(AgentContext context, Consumer<ClaimId> wrong) {
    this.context = context;
    this.wrong = wrong;
    this.tasks = new Tasks(context);
    this.steps = new Steps(context.listener());
    this.index = new ChainIndex(context.arbiter());
    tasks.whenEnded(Work.CHECK, this::startNext);
  }

  @Override
  public void poll() {
    steps.run(this, () -> tasks.nextRound(context.now()));
    steps.run(Work.CHECK, index::refresh);
    steps.run(Work.CHECK, this::startChecks);
    verdicts.keySet().removeIf(steps.orLeave(id -> !context.claim(id).status().alive()));
  }

  private void startChecks() {
    List<Unchecked> waiting = new ArrayList<>();
    for (ClaimId id : index.claims(steps.orKeep(this::isOfInterest))) {
      steps.run(id, () -> unchecked(id).ifPresent(waiting::add));
    }
    waiting.sort(
        Comparator.comparing(Unchecked::tooLate)
            .thenComparingLong(Unchecked::failures)
            .thenComparingLong(Unchecked::secondsLeft));
    unchecked = List.copyOf(waiting);
    startNext();
  }

  /** Starts as many checks as there are places for. */
  private void startNext() {
    for (Unchecked next : unchecked) {
      if (!verdicts.containsKey(next.id())) {
        // Copies of a claim cost nobody a bond, so they must not cost a run each.
        tasks.start(Work.CHECK, next.claim(), () -> check(next.id(), next.claim()));
      }
    }
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

  /** A claim that is to be checked, unless it says what another has said before. */
  private Optional<Unchecked> unchecked(ClaimId id) {
    ClaimView view = context.claim(id);
    if (view.status() != ClaimStatus.REVEALED || verdicts.containsKey(id) || isPlayed(id)) {
      return Optional.empty();
    }
    Claim claim = content(view);
    Optional<Verification> known = checked.known(claim);
    if (known.isPresent()) {
      judge(id, known.get());
      return Optional.empty();
    }
    RequestView request = context.request(view);
    Effort effort = Effort.of(context);
    if (effort.isTooLongToChallenge(request)) {
      decline(id);
      return Optional.empty();
    }
    long left = view.challenge().orElseThrow().secondsLeft(context.head());
    long run = effort.run(request.terms().model(), request.traceLength());
    return Optional.of(new Unchecked(id, claim, left < run, tasks.failures(claim), left));
  }

  private void decline(ClaimId id) {
    declined.get(
        id,
        () -> {
          context.listener().onDeclined(id, Decline.SPEED);
          return true;
        });
  }

  /** Whether this account has challenged the claim already, before a restart perhaps. */
  private boolean isPlayed(ClaimId id) {
    Address account = context.arbiter().account();
    return context
        .arbiter()
        .game(GameId.of(context.expected().identity(), id, account))
        .isPresent();
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
    judge(
        id, checked.get(claim, () -> context.runner(claim.modelId()).orElseThrow().verify(claim)));
  }

  private void judge(ClaimId id, Verification verdict) {
    verdicts.put(id, verdict);
    context.listener().onVerdict(id, verdict);
    if (!verdict.holds()) {
      wrong.accept(id);
    }
  }

  /** The verdict on a claim, if it was checked and is alive. */
  public Optional<Verification> verdict(ClaimId claim) {
    return Optional.ofNullable(verdicts.get(claim));
  }

  @Override
  public void close() {}
}
