package dev.opml.ethereum;

import dev.opml.api.OpmlException;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Failover;
import java.util.EnumMap;
import java.util.Map;

/**
 * The newest blocks. If the endpoint that is asked is behind what was seen before, it lags, and the
 * others are asked, too. Safe for use by many threads.
 */
final class Heads {
  private final Failover<BlockNode> nodes;
  private final Map<Finality, Long> seen = new EnumMap<>(Finality.class);

  Heads(Failover<BlockNode> nodes) {
    this.nodes = nodes;
  }

  Header newest(Finality finality) {
    Header head = nodes.ask(node -> node.head(finality));
    if (head.number() < seen(finality)) {
      head = newestOfAll(finality, head);
    }
    see(finality, head.number());
    return head;
  }

  private Header newestOfAll(Finality finality, Header known) {
    Header newest = known;
    for (BlockNode node : nodes.all()) {
      try {
        Header head = node.head(finality);
        newest = head.number() > newest.number() ? head : newest;
      } catch (OpmlException _) {
        // One has answered.
      }
    }
    return newest;
  }

  private synchronized long seen(Finality finality) {
    return seen.getOrDefault(finality, 0L);
  }

  /** Keeps what is seen now, even if it is less: a number that a liar has named is not kept. */
  private synchronized void see(Finality finality, long number) {
    seen.put(finality, number);
  }
}
