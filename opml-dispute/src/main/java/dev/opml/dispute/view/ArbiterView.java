package dev.opml.dispute.view;

import dev.opml.api.ModelId;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ArbiterReader;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestView;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/**
 * An arbiter as it stands after a block, told by the events up to it. Immutable. Collections are in
 * the order in which things came to be.
 */
public final class ArbiterView implements ArbiterReader {
  /** An arbiter before its chain's first block. */
  static final ArbiterView START =
      new ArbiterView(Header.START, Map.of(), Map.of(), Map.of(), Map.of());

  private final Header head;
  private final Map<ModelId, ModelView> models;
  private final Map<RequestId, RequestView> requests;
  private final Map<ClaimId, ClaimView> claims;
  private final Map<GameId, GameView> games;

  /** A state; the maps must not change any more. */
  ArbiterView(
      Header head,
      Map<ModelId, ModelView> models,
      Map<RequestId, RequestView> requests,
      Map<ClaimId, ClaimView> claims,
      Map<GameId, GameView> games) {
    this.head = head;
    this.models = Collections.unmodifiableMap(models);
    this.requests = Collections.unmodifiableMap(requests);
    this.claims = Collections.unmodifiableMap(claims);
    this.games = Collections.unmodifiableMap(games);
  }

  @Override
  public Header head() {
    return head;
  }

  @Override
  public Optional<ModelView> model(ModelId id) {
    return Optional.ofNullable(models.get(id));
  }

  @Override
  public Optional<RequestView> request(RequestId id) {
    return Optional.ofNullable(requests.get(id));
  }

  @Override
  public Optional<ClaimView> claim(ClaimId id) {
    return Optional.ofNullable(claims.get(id));
  }

  @Override
  public Optional<GameView> game(GameId id) {
    return Optional.ofNullable(games.get(id));
  }

  /** All models. */
  public Collection<ModelView> models() {
    return models.values();
  }

  /** All requests that are not forgotten. */
  public Collection<RequestView> requests() {
    return requests.values();
  }

  /** All claims on them. */
  public Collection<ClaimView> claims() {
    return claims.values();
  }

  /** All games about those. */
  public Collection<GameView> games() {
    return games.values();
  }

  Map<ModelId, ModelView> modelsById() {
    return models;
  }

  Map<RequestId, RequestView> requestsById() {
    return requests;
  }

  Map<ClaimId, ClaimView> claimsById() {
    return claims;
  }

  Map<GameId, GameView> gamesById() {
    return games;
  }
}
