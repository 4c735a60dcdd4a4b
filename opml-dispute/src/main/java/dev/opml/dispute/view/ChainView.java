package dev.opml.dispute.view;

import dev.opml.api.ModelId;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ArbiterReader;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestView;
import java.util.Optional;

/**
 * A chain as an account sees it at one moment: reads tell what holds after the newest block.
 * Immutable.
 *
 * @param newest the arbiter after the newest block
 * @param finalized the arbiter after the newest finalized block, without what is over
 * @param funds the account's money after the newest block
 */
public record ChainView(ArbiterView newest, ArbiterView finalized, Funds funds)
    implements ArbiterReader {
  @Override
  public Header head() {
    return newest.head();
  }

  @Override
  public Optional<ModelView> model(ModelId id) {
    return newest.model(id);
  }

  @Override
  public Optional<RequestView> request(RequestId id) {
    return newest.request(id);
  }

  @Override
  public Optional<ClaimView> claim(ClaimId id) {
    return newest.claim(id);
  }

  @Override
  public Optional<GameView> game(GameId id) {
    return newest.game(id);
  }
}
