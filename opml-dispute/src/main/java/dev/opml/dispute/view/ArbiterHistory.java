package dev.opml.dispute.view;

import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.chain.Windows;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads all that an arbiter has ever seen; nothing is forgotten, unlike by {@link ChainFollower}.
 */
public final class ArbiterHistory {
  private ArbiterHistory() {}

  /**
   * The arbiter after the newest block, told by all of its events.
   *
   * @throws UnknownBlockException if an endpoint lags behind another, or the chain was reorganised
   *     while it was read
   */
  public static ArbiterView read(ChainReader chain, ArbiterParameters parameters) {
    Header last = chain.head(Finality.FINALIZED);
    Header newest = chain.head(Finality.LATEST);
    Deque<Header> newer = new ArrayDeque<>();
    Header at = newest;
    while (at.number() > last.number()) {
      newer.addFirst(at);
      at = chain.header(at.parent());
    }
    if (!at.hash().equals(last.hash())) {
      throw new UnknownBlockException(last.hash());
    }
    ArbiterFold fold = new ArbiterFold(Windows.of(parameters), ArbiterView.START);
    fold.apply(chain.finalEvents(Math.min(chain.firstBlock(), last.number()), last));
    newer.forEach(block -> fold.apply(chain.events(block.hash())));
    return fold.view(newest);
  }
}
