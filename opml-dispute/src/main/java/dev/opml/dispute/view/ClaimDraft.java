package dev.opml.dispute.view;

import dev.opml.api.StateRoot;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A claim that is being changed by an event. */
final class ClaimDraft {
  private final ClaimView before;
  final List<GameId> games;
  ClaimStatus status;
  Optional<Window> challenge;
  Optional<StateRoot> finalRoot;
  int openGames;
  Wei quota;

  ClaimDraft(ClaimView before) {
    this.before = before;
    this.games = new ArrayList<>(before.games());
    this.status = before.status();
    this.challenge = before.challenge();
    this.finalRoot = before.finalRoot();
    this.openGames = before.openGames();
    this.quota = before.quota();
  }

  ClaimView view() {
    return new ClaimView(
        before.id(),
        before.request(),
        before.number(),
        before.proposer(),
        before.seal(),
        before.output(),
        before.outputRoot(),
        status,
        before.revealDelay(),
        before.reveal(),
        challenge,
        finalRoot,
        openGames,
        List.copyOf(games),
        quota);
  }
}
