package dev.opml.dispute.chain;

import dev.opml.api.ModelId;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import java.util.Optional;

/** An arbiter as it stands after a block. Safe for use by many threads. */
public interface ArbiterReader {
  /** The block. */
  Header head();

  /** A model, if it is registered. */
  Optional<ModelView> model(ModelId id);

  /** A request, if it exists. */
  Optional<RequestView> request(RequestId id);

  /** A claim, if it exists. */
  Optional<ClaimView> claim(ClaimId id);

  /** A game, if it exists. */
  Optional<GameView> game(GameId id);
}
