package dev.opml.dispute.agent;

import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.view.ChainView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Checks every revealed claim of others about the models it serves, and tells its listener. */
public final class Verifier implements Agent {
  private final AgentContext context;
  private final Consumer<ClaimId> wrong;
  private final Tasks tasks;
  private final Steps steps;
  private final Lookout lookout;
  private final Map<ClaimId, Verification> verdicts = new ConcurrentHashMap<>();
  private final Recent<Claim, Verification> checked = new Recent<>();

  /** Claims that wait for their check since the last round, the most urgent first. */
  private volatile List<Unchecked> unchecked = List.of();

  private final Once<ClaimId> declined = new Once<>();

  /**
   * A claim that waits for its check.
   *
   * @param failures how often its check has failed
   * @param windowEnd time until which it can be challenged, in seconds since 1970
   * @param run seconds that a run may take
   * @param tooLate whether that is more than the window lasts: it comes after all others
   */
  private record Unchecked(
      ClaimId id, Claim claim, long failures, long windowEnd, long run, boolean tooLate) {}

  /** Makes a verifier. It sends nothing. */
  public Verifier(AgentContext context) {
    this(context, new Lookout(context), _ -> {});
  }

  /** Makes a verifier that passes on each claim that it finds wrong. */
  Verifier(AgentContext context, Lookout lookout, Consumer<ClaimId> wrong) {
    this.context = context;
    this.lookout = lookout;
    this.wrong = wrong;
    this.tasks = new Tasks(context);
    this.steps = new Steps(context.listener());
    tasks.whenEnded(Work.CHECK, this::startNext);
  }

  @Override
  public void poll() {
    lookout.look();
    poll(lookout.now());
  }

  /** Starts the checks that are due on a chain as it was seen. */
  void poll(ChainView chain) {
    steps.run(this, () -> tasks.nextRound(chain.head().block().time()));
    steps.run(Work.CHECK, () -> startChecks(chain));
    verdicts.keySet().removeIf(id -> !isAlive(id, chain));
    declined.retain(id -> isAlive(id, chain));
  }

  /** Whether a claim may become final, or may again if its end is taken back. */
  static boolean isAlive(ClaimId id, ChainView chain) {
    return Stream.of(chain.newest(), chain.finalized())
        .flatMap(state -> state.claim(id).stream())
        .anyMatch(claim -> claim.status().alive());
  }

  private void startChecks(ChainView chain) {
    List<Unchecked> waiting = new ArrayList<>();
    for (ClaimView claim : chain.newest().claims()) {
      if (isDue(claim, chain)) {
        steps.run(claim.id(), () -> unchecked(claim, chain).ifPresent(waiting::add));
      }
    }
    waiting.sort(
        Comparator.comparing(Unchecked::tooLate)
            .thenComparingLong(Unchecked::failures)
            .thenComparingLong(Unchecked::windowEnd));
    unchecked = List.copyOf(waiting);
    startNext();
  }

  /** Starts as many checks as there are places for. */
  private void startNext() {
    for (Unchecked next : unchecked) {
      if (!verdicts.containsKey(next.id())) {
        // Copies of a claim cost nobody a bond, so they must not cost a run each.
        tasks.start(Work.CHECK, next.claim(), place(next), () -> check(next.id(), next.claim()));
      }
    }
  }

  /** Until when a check keeps others waiting. */
  private long place(Unchecked check) {
    long now = lookout.now().head().block().time();
    return Math.min(check.windowEnd(), now + context.patience(check.run()));
  }

  /** Whether a claim can still be challenged, and this account has not done so. */
  private boolean isDue(ClaimView claim, ChainView chain) {
    return claim.canChallenge(chain.head().block(), 0)
        && !claim.proposer().equals(account())
        && !verdicts.containsKey(claim.id())
        && chain.game(GameId.of(context.expected().identity(), claim.id(), account())).isEmpty();
  }

  private Address account() {
    return context.arbiter().account();
  }

  /** A claim that is to be checked, unless it says what another has said before. */
  private Optional<Unchecked> unchecked(ClaimView view, ChainView chain) {
    RequestView request = chain.request(view.request()).orElseThrow();
    if (context.runner(request.terms().model()).isEmpty()) {
      return Optional.empty();
    }
    Claim claim =
        new Claim(
            request.terms().model(),
            request.terms().inference(),
            view.output(),
            view.finalRoot().orElseThrow());
    Optional<Verification> known = checked.known(claim);
    if (known.isPresent()) {
      judge(view.id(), known.get());
      return Optional.empty();
    }
    Effort effort = Effort.of(context);
    if (effort.isTooLongToChallenge(request)) {
      decline(view.id());
      return Optional.empty();
    }
    Block now = chain.head().block();
    long left = view.challenge().orElseThrow().secondsLeft(now);
    long run = effort.run(request.terms().model(), request.traceLength());
    return Optional.of(
        new Unchecked(view.id(), claim, tasks.failures(claim), now.time() + left, run, left < run));
  }

  private void decline(ClaimId id) {
    declined.run(id, () -> context.listener().onDeclined(id, Decline.SPEED));
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
