package dev.opml.dispute.local;

import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All that views tell and a contract does not store, because a client rebuilds it from events.
 * Guarded by the arbiter's lock.
 */
final class EventLog {
  private final Map<GameId, Position> positions = new HashMap<>();
  private final Map<RequestId, List<ClaimId>> claims = new HashMap<>();
  private final Map<ClaimId, List<GameId>> games = new HashMap<>();

  void add(ArbiterEvent event) {
    switch (event) {
      case ArbiterEvent.ClaimSealed e ->
          claims.computeIfAbsent(e.request(), _ -> new ArrayList<>()).add(e.claim());
      case GameEvent.Challenged e -> {
        positions.put(e.game(), e.position());
        games.computeIfAbsent(e.claim(), _ -> new ArrayList<>()).add(e.game());
      }
      case GameEvent.Subdivided e -> positions.put(e.game(), e.position());
      case GameEvent.MachineOpened e -> positions.put(e.game(), e.position());
      default -> {}
    }
  }

  /** The claims of a request, in the order of their seals. */
  List<ClaimId> claims(RequestId request) {
    return List.copyOf(claims.getOrDefault(request, List.of()));
  }

  /** The games about a claim, in the order in which they began. */
  List<GameId> games(ClaimId claim) {
    return List.copyOf(games.getOrDefault(claim, List.of()));
  }

  /** The position of a game after its last move. */
  Position position(GameId game) {
    return Objects.requireNonNull(positions.get(game));
  }
}
