package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.ethereum.abi.MalformedAbiException;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.NodeLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of logs. Logs of another contract, and those that are not in order, are refused. The
 * times of their blocks come from the blocks' headers: a log may say anything.
 */
final class EventReader {
  private static final int KEPT_BLOCKS = 4096;

  private final Address contract;
  private final RegisteredFacts facts;
  private final Recently<BlockHash, Block> blocks = new Recently<>(KEPT_BLOCKS);

  /**
   * Makes a reader.
   *
   * @param facts is told each event, and tells what a later one leaves out
   */
  EventReader(Address contract, RegisteredFacts facts) {
    this.contract = contract;
    this.facts = facts;
  }

  /** Makes events of what one endpoint says. */
  List<LoggedEvent> read(BlockNode node, List<NodeLog> logs) {
    List<LoggedEvent> events = new ArrayList<>(logs.size());
    Map<BlockHash, Block> told = new HashMap<>();
    NodeLog last = null;
    int index = 0;
    for (NodeLog log : logs) {
      index = last != null && last.number() == log.number() ? index + 1 : 0;
      requireNext(node, last, log);
      ArbiterEvent event = event(node, log);
      boolean _ = facts.learn(event);
      Block block = told.computeIfAbsent(log.block(), hash -> block(node, hash));
      requireNumber(node, block, log);
      events.add(new LoggedEvent(log.block(), block, index, event));
      last = log;
    }
    return events;
  }

  private void requireNext(BlockNode node, @Nullable NodeLog last, NodeLog log) {
    boolean isNext =
        last == null
            || last.number() < log.number()
            || (last.number() == log.number()
                && last.block().equals(log.block())
                && last.index() < log.index());
    if (!isNext || !log.address().equals(contract)) {
      throw node.contradiction(
          "log " + log.index() + " of block " + log.number() + " is out of place", null);
    }
  }

  private ArbiterEvent event(BlockNode node, NodeLog log) {
    try {
      return facts.decode(node, log);
    } catch (MalformedAbiException e) {
      throw node.contradiction(
          "log " + log.index() + " of block " + log.number() + ": " + e.getMessage(), e);
    }
  }

  private Block block(BlockNode node, BlockHash hash) {
    return blocks.get(hash).orElseGet(() -> node.header(hash).block());
  }

  private static void requireNumber(BlockNode node, Block block, NodeLog log) {
    if (block.number() != log.number()) {
      throw node.contradiction("block " + log.block() + " has the number " + block.number(), null);
    }
  }

  /** Keeps what is known of a block: not what one endpoint says of it. */
  void learn(Header header) {
    blocks.put(header.hash(), header.block());
  }
}
