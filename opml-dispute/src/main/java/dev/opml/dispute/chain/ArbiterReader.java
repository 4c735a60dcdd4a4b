package dev.opml.dispute.chain;

import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import java.util.List;
import java.util.Optional;

/** What can be read of an arbiter, as of its latest block. Safe for use by many threads. */
public interface ArbiterReader {
  /** Identity, parameters and code. */
  Deployment deployment();

  /** The latest block: what a transaction sent now would see at least. */
  Block head();

  /** A model, if it is registered. */
  Optional<ModelView> model(ModelId id);

  /** A request, if it exists. */
  Optional<RequestView> request(RequestId id);

  /** A claim, if it exists. */
  Optional<ClaimView> claim(ClaimId id);

  /** A game, if it exists. */
  Optional<GameView> game(GameId id);

  /** What an account can withdraw. */
  Wei credit(Address account);

  /** Money that an account holds outside the arbiter. */
  Wei balance(Address account);

  /** Events of the blocks from {@code block} on, in order. */
  List<LoggedEvent> eventsSince(long block);
}
