package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;

/**
 * A verifier that challenges every claim it finds wrong, and plays. It does not care whether others
 * challenge the claim, too: they may lose on purpose.
 */
public final class Challenger implements Agent {
  private final AgentContext context;
  private final Verifier verifier;
  private final Sender sender;
  private final Tasks tasks;
  private final GamePlayer player;
  private final ChainIndex index;

  /** Makes a challenger; reconciles its journal with the chain. */
  public Challenger(AgentContext context) {
    this.context = context;
    this.verifier = new Verifier(context);
    this.sender = new Sender(context);
    this.tasks = new Tasks(context.workers(), context.listener());
    this.player = new GamePlayer(context, Side.CHALLENGER, sender, tasks);
    this.index = new ChainIndex(context.arbiter());
  }

  @Override
  public void poll() {
    verifier.poll();
    index.refresh();
    for (ClaimId id : index.claims(id -> context.claim(id).status().alive())) {
      if (isDue(id)) {
        tasks.start(id, () -> challenge(id));
      }
    }
    player.poll(index);
    Arbiter arbiter = context.arbiter();
    if (!arbiter.credit(arbiter.account()).isZero()) {
      tasks.start(
          arbiter.account(),
          () ->
              sender.send(Intent.of(IntentKind.WITHDRAW, Bytes32.ZERO), () -> arbiter.withdraw()));
    }
  }

  private void challenge(ClaimId id) {
    if (isDue(id)) {
      ClaimView claim = context.claim(id);
      player.challenge(claim, context.request(claim));
    }
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
