package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A verifier that challenges every claim it finds wrong, and plays. It does not care whether others
 * challenge the claim, too: they may lose on purpose. Games come first, then challenges, then
 * checks. Nothing but its balance limits how many claims it challenges.
 */
public final class Challenger implements Agent {
  private static final int DECLINED = 4096;

  private final AgentContext context;
  private final Verifier verifier;
  private final Sender sender;
  private final Tasks tasks;
  private final Steps steps;
  private final GamePlayer player;
  private final ChainIndex index;

  /** Bonds of the challenges under way. */
  private final Promises<ClaimId> promised = new Promises<>();

  private final Recent<ClaimId, Boolean> declined = new Recent<>(DECLINED);

  /** Makes a challenger; reconciles its journal with the chain. */
  public Challenger(AgentContext context) {
    this.context = context;
    // At once, and not a round later: the check may have taken most of the time.
    this.verifier = new Verifier(context, this::challengeNow);
    this.sender = new Sender(context);
    this.tasks = new Tasks(context);
    this.steps = new Steps(context.listener());
    this.player = new GamePlayer(context, Side.CHALLENGER, sender, tasks);
    this.index = new ChainIndex(context.arbiter());
  }

  @Override
  public void poll() {
    steps.run(this, () -> tasks.nextRound(context.now()));
    steps.run(this, index::refresh);
    steps.run(Work.GAME, () -> player.poll(index));
    steps.run(Work.CLAIM, this::withdraw);
    Map<RequestId, Long> challenged = new HashMap<>();
    steps.run(Work.CHALLENGE, () -> startChallenges(challenged));
    steps.run(Work.TRACE, player::makeTraces);
    steps.run(Work.TRACE, () -> player.dropTraces(challenged));
    verifier.poll();
  }

  private void withdraw() {
    Arbiter arbiter = context.arbiter();
    if (!arbiter.credit(arbiter.account()).isZero()) {
      tasks.start(
          Work.CLAIM,
          arbiter.account(),
          () ->
              sender.send(Intent.of(IntentKind.WITHDRAW, Bytes32.ZERO), () -> arbiter.withdraw()));
    }
  }

  /** Starts the challenges that are due, and collects until when they need whose traces. */
  private void startChallenges(Map<RequestId, Long> challenged) {
    promised.retain(steps.orKeep(this::isDue));
    List<ClaimId> due =
        index.claims(steps.orKeep(id -> context.claim(id).status().alive())).stream()
            .filter(steps.orLeave(this::isDue))
            .toList();
    due.forEach(id ->
        steps.run(
            id,
            () ->
                challenged.merge(
                    context.claim(id).request(), context.now() + secondsLeft(id), Math::min)));
    steps.mostUrgentFirst(due, tasks::failures, this::secondsLeft).forEach(this::startChallenge);
  }

  private long secondsLeft(ClaimId id) {
    return context.claim(id).challenge().orElseThrow().secondsLeft(context.head());
  }

  private void startChallenge(ClaimId id) {
    tasks.start(Work.CHALLENGE, id, () -> challenge(id));
  }

  private void challengeNow(ClaimId id) {
    startChallenge(id);
    player.makeTracesNow();
  }

  private void challenge(ClaimId id) {
    boolean waits = false;
    try {
      waits = isDue(id) && hasBond(id) && challengeOrWait(id);
    } finally {
      if (!waits) {
        promised.end(id);
      }
    }
  }

  /** Whether the bond is there, beside those of the challenges under way. */
  private boolean hasBond(ClaimId id) {
    Arbiter arbiter = context.arbiter();
    Wei needed = promised.promise(id, context.expected().parameters().money().challengerBond());
    if (!arbiter.balance(arbiter.account()).isLessThan(needed)) {
      return true;
    }
    declined.get(
        id,
        () -> {
          context.listener().onDeclined(id, Decline.BALANCE);
          return true;
        });
    return false;
  }

  /** Challenges; returns whether it has to wait for the trace. */
  private boolean challengeOrWait(ClaimId id) {
    RequestView request = RequestCheck.checked(context, context.claim(id).request());
    return player.challenge(
        RequestCheck.checked(context, id, request), request, () -> startChallenge(id));
  }

  /**
   * Whether a claim was found wrong, can be challenged in time, and has not been challenged by this
   * account.
   */
  private boolean isDue(ClaimId id) {
    if (verifier.verdict(id).filter(verdict -> !verdict.holds()).isEmpty()) {
      return false;
    }
    GameId game = GameId.of(context.expected().identity(), id, context.arbiter().account());
    return context.claim(id).canChallenge(context.head(), context.marginSeconds())
        && context.arbiter().game(game).isEmpty();
  }

  @Override
  public void close() {
    player.close();
    verifier.close();
  }
}
