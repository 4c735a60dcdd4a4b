package dev.opml.dispute.agent;

import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The requests, claims and games of a chain, from its events: a cache that starts empty and is
 * rebuilt by reading. An agent drops from it what it is done with. Used by the polling thread only.
 */
final class ChainIndex {
  private final ChainReader chain;
  private final Set<RequestId> requests = new LinkedHashSet<>();
  private final Set<ClaimId> claims = new LinkedHashSet<>();
  private final Set<GameId> games = new LinkedHashSet<>();
  private long block;

  ChainIndex(ChainReader chain) {
    this.chain = chain;
  }

  void refresh() {
    Header head = chain.head(Finality.LATEST);
    Header last = chain.head(Finality.FINALIZED);
    if (last.number() >= block) {
      chain.finalEvents(block, last).forEach(this::add);
      block = last.number() + 1;
    }
    chain.events(head.hash()).forEach(this::add);
  }

  private void add(LoggedEvent logged) {
    switch (logged.event()) {
      case ArbiterEvent.RequestMade made -> requests.add(made.request());
      case ArbiterEvent.SealingExtended extended -> requests.add(extended.request());
      case ArbiterEvent.ClaimSealed sealed -> claims.add(sealed.claim());
      case GameEvent.Challenged challenged -> games.add(challenged.game());
      default -> {}
    }
  }

  /** The requests that are still of interest; forgets those for which {@code keep} is false. */
  List<RequestId> requests(Predicate<RequestId> keep) {
    requests.removeIf(keep.negate());
    return List.copyOf(requests);
  }

  /** The claims that are still of interest; forgets those for which {@code keep} is false. */
  List<ClaimId> claims(Predicate<ClaimId> keep) {
    claims.removeIf(keep.negate());
    return List.copyOf(claims);
  }

  /** The games that are still of interest; forgets those for which {@code keep} is false. */
  List<GameId> games(Predicate<GameId> keep) {
    games.removeIf(keep.negate());
    return List.copyOf(games);
  }
}
