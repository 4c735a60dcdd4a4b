package dev.opml.ethereum.abi;

import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ModelView;

/**
 * Facts that a contract has to be told with a call because it stores hashes only, and what a call
 * has to pay.
 */
public interface CallFacts {
  /**
   * Claim and players of a game.
   *
   * @param claim its claim
   * @param challenger who challenged it
   */
  record Match(ClaimId claim, Address challenger) {}

  /** The claim and the challenger of a game. */
  Match match(GameId game);

  /** A registered model. */
  ModelView model(ModelId model);

  /** The bond of a request's claims. */
  Wei claimBond(RequestId request);

  /** The bond of a challenger. */
  Wei challengerBond();
}
