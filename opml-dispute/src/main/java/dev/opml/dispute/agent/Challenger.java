package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.view.ChainView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A verifier that challenges every claim it finds wrong, and plays. It does not care whether others
 * challenge the claim, too: they may lose on purpose. Games come first, then challenges, then
 * checks. Nothing but its balance limits how many claims it challenges.
 */
public final class Challenger implements Agent {
  private final AgentContext context;
  private final Verifier verifier;
  private final Sender sender;
  private final Tasks tasks;
  private final Steps steps;
  private final GamePlayer player;
  private final Lookout lookout;

  /** Bonds of the challenges under way. */
  private final Promises<ClaimId> promised = new Promises<>();

  private final Once<ClaimId> declined = new Once<>();

  /** Makes a challenger; reconciles its journal with the chain. */
  public Challenger(AgentContext context) {
    this.context = context;
    this.lookout = new Lookout(context);
    // At once, and not a round later: the check may have taken most of the time.
    this.verifier = new Verifier(context, lookout, this::challengeNow);
    this.sender = new Sender(context, lookout);
    this.tasks = new Tasks(context);
    this.steps = new Steps(context.listener());
    this.player = new GamePlayer(context, lookout, Side.CHALLENGER, sender, tasks);
  }

  @Override
  public void poll() {
    lookout.look();
    ChainView chain = lookout.now();
    steps.run(this, () -> tasks.nextRound(chain.head().block().time()));
    steps.run(Work.GAME, this::startReview);
    steps.run(Work.GAME, () -> player.poll(chain));
    steps.run(Work.CLAIM, () -> withdraw(chain));
    Map<RequestId, Long> challenged = new HashMap<>();
    steps.run(Work.CHALLENGE, () -> startChallenges(chain, challenged));
    steps.run(Work.TRACE, player::makeTraces);
    steps.run(Work.TRACE, () -> player.dropTraces(chain, challenged));
    verifier.poll(chain);
  }

  private void startReview() {
    if (sender.hasOpenIntents()) {
      tasks.start(Work.GAME, sender, sender::review);
    }
  }

  private void withdraw(ChainView chain) {
    if (!chain.funds().credit().isZero()) {
      tasks.start(
          Work.CLAIM,
          context.arbiter().account(),
          () ->
              sender.send(
                  Intent.of(IntentKind.WITHDRAW, Bytes32.ZERO), new ArbiterCall.Withdraw()));
    }
  }

  /** Starts the challenges that are due, and collects until when they need whose traces. */
  private void startChallenges(ChainView chain, Map<RequestId, Long> challenged) {
    promised.retain(id -> due(id, chain).isPresent());
    declined.retain(id -> Verifier.isAlive(id, chain));
    List<ClaimView> due =
        chain.newest().claims().stream().filter(claim -> isDue(claim, chain)).toList();
    due.forEach(claim ->
        challenged.merge(
            claim.request(), chain.head().block().time() + secondsLeft(claim, chain), Math::min));
    // What waits to be included has nothing to do, and must not keep the places of others.
    List<ClaimView> sent =
        due.stream().filter(claim -> player.isChallengeUnderWay(claim.id())).toList();
    List<ClaimView> unsent =
        due.stream().filter(claim -> !player.isChallengeUnderWay(claim.id())).toList();
    // Of what was sent before a restart, too, the bond is not locked yet.
    sent.forEach(claim -> promised.promise(claim.id(), bond()));
    steps
        .mostUrgentFirst(
            unsent, claim -> tasks.failures(claim.id()), claim -> secondsLeft(claim, chain))
        .forEach(claim -> startChallenge(claim.id()));
  }

  private static long secondsLeft(ClaimView claim, ChainView chain) {
    return claim.challenge().orElseThrow().secondsLeft(chain.head().block());
  }

  private void startChallenge(ClaimId id) {
    tasks.start(Work.CHALLENGE, id, () -> challenge(id));
  }

  private void challengeNow(ClaimId id) {
    startChallenge(id);
    player.makeTracesNow();
  }

  private void challenge(ClaimId id) {
    lookout.look(); // the check has taken long
    ChainView chain = lookout.now();
    boolean underWay = false;
    try {
      Optional<ClaimView> due = due(id, chain);
      underWay = due.isPresent() && hasBond(id) && challenge(due.get(), chain);
    } finally {
      if (!underWay) {
        promised.end(id);
      }
    }
  }

  /** Whether the bond is there, beside those of the challenges under way. */
  private boolean hasBond(ClaimId id) {
    Wei needed = promised.promise(id, bond());
    if (!lookout.now().funds().balance().isLessThan(needed)) {
      return true;
    }
    declined.run(id, () -> context.listener().onDeclined(id, Decline.BALANCE));
    return false;
  }

  private Wei bond() {
    return context.expected().parameters().money().challengerBond();
  }

  /** Challenges; returns whether it is under way, or waits for its trace. */
  private boolean challenge(ClaimView claim, ChainView chain) {
    RequestView request = chain.request(claim.request()).orElseThrow();
    RequestCheck.requireComputed(context, chain, request);
    RequestCheck.requireComputed(context, request, claim);
    return player.challenge(claim, request, () -> startChallenge(claim.id()));
  }

  private Optional<ClaimView> due(ClaimId id, ChainView chain) {
    return chain.claim(id).filter(claim -> isDue(claim, chain));
  }

  /**
   * Whether a claim was found wrong, can be challenged in time, and has not been challenged by this
   * account.
   */
  private boolean isDue(ClaimView claim, ChainView chain) {
    GameId game = GameId.of(context.expected().identity(), claim.id(), context.arbiter().account());
    return verifier.verdict(claim.id()).filter(verdict -> !verdict.holds()).isPresent()
        && claim.canChallenge(chain.head().block(), context.marginSeconds())
        && chain.game(game).isEmpty();
  }

  @Override
  public void close() {
    player.close();
    verifier.close();
  }
}
