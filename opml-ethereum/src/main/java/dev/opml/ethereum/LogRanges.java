package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.NodeLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Reads logs of many blocks. Endpoints bound the number of blocks, of logs, or the time, and each
 * says so in its own words, so whatever fails that may be too much is asked for in halves, down to
 * one block.
 */
final class LogRanges {
  /** Most bytes of logs that one question is answered with. */
  private static final long MOST_BYTES = 256L << 20;

  /** Size of a log beside its data. */
  private static final int LOG_BYTES = 256;

  private static final int GROWTH = 16;

  private final Address contract;

  /** Blocks that an endpoint answers at once; of each its own, because one may say anything. */
  private final Map<BlockNode, Long> spans = new ConcurrentHashMap<>();

  private final Map<BlockNode, Long> searchSpans = new ConcurrentHashMap<>();

  LogRanges(Address contract) {
    this.contract = contract;
  }

  /** All logs from one block to another, both inclusive. */
  List<NodeLog> all(BlockNode node, long from, long to) {
    List<NodeLog> logs = new ArrayList<>();
    long bytes = 0;
    long next = from;
    while (next <= to) {
      long width = width(spans, node, to - next);
      try {
        List<NodeLog> part = read(node, next, next + width - 1, List.of());
        for (NodeLog log : part) {
          bytes += LOG_BYTES + log.data().length;
        }
        logs.addAll(part);
        next += width;
        spans.computeIfPresent(node, (_, span) -> grown(span));
      } catch (EthereumRpcException e) {
        requireLess(e, width);
        spans.put(node, width / 2);
      }
      if (bytes > MOST_BYTES) {
        throw node.contradiction("more than " + MOST_BYTES + " bytes of logs", null);
      }
    }
    return logs;
  }

  /**
   * The newest log that is looked for.
   *
   * @param topics the event, and what its first indexed fields are
   * @param match what is made of the log; empty if it is not what it should be
   */
  <T> Optional<T> newest(
      BlockNode node,
      long from,
      long to,
      List<Bytes32> topics,
      Function<NodeLog, Optional<T>> match) {
    long last = to;
    while (last >= from) {
      long width = width(searchSpans, node, last - from);
      try {
        List<NodeLog> logs = read(node, last - width + 1, last, topics);
        Optional<T> found =
            logs.reversed().stream().flatMap(it -> match.apply(it).stream()).findFirst();
        if (found.isPresent()) {
          return found;
        }
        last -= width;
        searchSpans.computeIfPresent(node, (_, span) -> grown(span));
      } catch (EthereumRpcException e) {
        requireLess(e, width);
        searchSpans.put(node, width / 2);
      }
    }
    return Optional.empty();
  }

  /** Number of blocks to ask for, of one and some more: their sum may be too large for a number. */
  private static long width(Map<BlockNode, Long> spans, BlockNode node, long more) {
    return Math.min(spans.getOrDefault(node, Long.MAX_VALUE) - 1, more) + 1;
  }

  /** Throws unless a failure may be because of the number of blocks. */
  private static void requireLess(EthereumRpcException e, long width) {
    if (!e.mayBeTooMuch() || width == 1) {
      throw e;
    }
  }

  /** Slowly, because what is too much fails. */
  private static long grown(long width) {
    return width > Long.MAX_VALUE / 2 ? width : width + 1 + width / GROWTH;
  }

  private List<NodeLog> read(BlockNode node, long from, long to, List<Bytes32> topics) {
    List<NodeLog> logs = node.logs(contract, from, to, topics);
    for (NodeLog log : logs) {
      boolean inRange = log.number() >= from && log.number() <= to;
      boolean isAsked =
          log.topics().size() >= topics.size()
              && log.topics().subList(0, topics.size()).equals(topics);
      if (!inRange || !isAsked || !log.address().equals(contract)) {
        throw node.contradiction(
            "a log of block " + log.number() + " that was not asked for", null);
      }
    }
    return logs;
  }
}
