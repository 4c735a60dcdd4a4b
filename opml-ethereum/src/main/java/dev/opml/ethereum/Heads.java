package dev.opml.ethereum;

import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Failover;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The newest blocks. Any endpoint may name any block, and one that stands still names the same for
 * ever. So a block has to be known to as many endpoints as have to agree. Of such blocks it is not
 * the newest that counts but the oldest among the last few: what is asked about it next, the
 * endpoints that lag a little can answer as well. Safe for use by many threads.
 */
final class Heads {
  /** Blocks that an endpoint may lag and is still waited for. */
  private static final long FEW = 8;

  private final Failover<BlockNode> nodes;

  Heads(Failover<BlockNode> nodes) {
    this.nodes = nodes;
  }

  /**
   * The newest block.
   *
   * @throws UnknownBlockException if no block is known to enough endpoints
   */
  Header newest(Finality finality) {
    List<Header> heads = nodes.gather(node -> node.head(finality));
    List<Header> different =
        heads.stream()
            .distinct()
            .sorted(Comparator.comparingLong(Header::number).reversed())
            .toList();
    List<Header> known =
        different.stream()
            .filter(
                it -> Collections.frequency(heads, it) >= nodes.quorum() || isKnown(it, finality))
            .toList();
    if (known.isEmpty()) {
      throw new UnknownBlockException(different.getFirst().hash());
    }
    long least = known.getFirst().number() - FEW;
    return known.reversed().stream().filter(it -> it.number() >= least).findFirst().orElseThrow();
  }

  /** Least price of gas in the newest block. */
  Wei baseFee() {
    BlockHash newest = newest(Finality.LATEST).hash();
    return nodes.ask(node -> node.baseFee(newest));
  }

  private boolean isKnown(Header block, Finality finality) {
    return nodes
        .findAgreed(node -> {
          try {
            Header same =
                finality == Finality.FINALIZED
                    ? node.finalHeader(block.number())
                    : node.header(block.hash());
            return Optional.of(same).filter(block::equals);
          } catch (UnknownBlockException _) {
            return Optional.empty();
          }
        })
        .isPresent();
  }
}
