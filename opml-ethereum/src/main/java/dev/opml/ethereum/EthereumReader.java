package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.abi.AbiInput;
import dev.opml.ethereum.abi.AbiTuple;
import dev.opml.ethereum.abi.ArbiterFunction;
import dev.opml.ethereum.abi.MalformedAbiException;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.NodeLog;
import java.util.List;
import java.util.Optional;

/** Reads an arbiter's chain from the endpoints of its nodes. */
final class EthereumReader implements ChainReader {
  private final DeploymentSpec spec;
  private final Failover<BlockNode> nodes;
  private final DeploymentReader deployments;
  private final EventReader events;
  private final LogRanges ranges;
  private final Heads heads;
  private volatile Optional<Deployment> verified = Optional.empty();

  EthereumReader(
      DeploymentSpec spec, Failover<BlockNode> nodes, Heads heads, RegisteredFacts facts) {
    this.spec = spec;
    this.nodes = nodes;
    this.deployments = new DeploymentReader(spec);
    this.events = new EventReader(contract(), facts);
    this.ranges = new LogRanges(contract());
    this.heads = heads;
  }

  private Address contract() {
    return spec.identity().arbiter();
  }

  @Override
  public Deployment deployment() {
    // It never changes; one that is not as expected may be an endpoint's mistake.
    Optional<Deployment> known = verified;
    if (known.isPresent()) {
      return known.get();
    }
    Deployment actual = nodes.ask(deployments::read);
    if (actual.equals(spec.expected())) {
      verified = Optional.of(actual);
    }
    return actual;
  }

  @Override
  public long firstBlock() {
    return spec.firstBlock();
  }

  @Override
  public Header head(Finality finality) {
    Header head = heads.newest(finality);
    events.learn(head);
    return head;
  }

  @Override
  public Header header(BlockHash hash) {
    Header header = nodes.ask(node -> node.header(hash));
    events.learn(header);
    return header;
  }

  @Override
  public Header finalHeader(long number) {
    return nodes.ask(node -> node.finalHeader(number));
  }

  @Override
  public List<LoggedEvent> events(BlockHash block) {
    return nodes.ask(node -> {
      List<NodeLog> logs = node.logs(contract(), block);
      for (NodeLog log : logs) {
        if (!log.block().equals(block)) {
          throw node.contradiction("logs of " + log.block() + " instead of " + block, null);
        }
      }
      return events.read(node, logs);
    });
  }

  @Override
  public List<LoggedEvent> finalEvents(long from, Header to) {
    long first = Math.max(from, spec.firstBlock());
    if (first > to.number()) {
      return List.of();
    }
    return nodes.ask(node -> {
      requireFinal(node, to);
      List<LoggedEvent> found = events.read(node, ranges.all(node, first, to.number()));
      if (!found.isEmpty() && found.getLast().block().number() == to.number()) {
        requireSame(found.getLast().hash(), to);
      }
      return found;
    });
  }

  private static void requireFinal(BlockNode node, Header to) {
    requireSame(node.finalHeader(to.number()).hash(), to);
  }

  private static void requireSame(BlockHash hash, Header to) {
    if (!hash.equals(to.hash())) {
      throw new UnknownBlockException(to.hash());
    }
  }

  @Override
  public Funds funds(Address account, BlockHash block) {
    byte[] call = ArbiterFunction.CREDITS.call(new AbiTuple().address(account));
    return nodes.ask(node ->
        new Funds(node.balance(account, block), wei(node, node.call(contract(), call, block))));
  }

  private static Wei wei(BlockNode node, byte[] returned) {
    try {
      return new AbiInput(returned).wei();
    } catch (MalformedAbiException e) {
      throw node.contradiction("credits: " + e.getMessage(), e);
    }
  }
}
