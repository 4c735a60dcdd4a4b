package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Block;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contracts on anvil, through the client. */
final class AnvilArbiter implements TestedArbiter {
  /** More than a deployment takes. */
  private static final long DEPLOYMENT_SECONDS = 1000;

  private final TestChain chain;
  private final Map<Address, EthereumArbiter> connections = new HashMap<>();

  AnvilArbiter(ArbiterParameters parameters) throws IOException, InterruptedException {
    long first = Stage.START.time() - DEPLOYMENT_SECONDS;
    chain = TestChain.startEcho(parameters, "--timestamp", Long.toString(first));
    for (Player player : Player.values()) {
      chain.fund(player.address(), player.funds());
      connections.put(player.address(), chain.connect(player.signer()));
    }
  }

  @Override
  public void know(SyntheticModel model) {}

  @Override
  public Arbiter connect(Address account) {
    return connections.get(account);
  }

  @Override
  public Turn send(Block at, Address sender, ArbiterCall call)
      throws IOException, InterruptedException {
    Arbiter arbiter = connect(sender);
    chain.nextBlock(at);
    Optional<Refusal> refusal = Optional.empty();
    List<ArbiterEvent> events = List.of();
    try {
      arbiter.send(call);
      Header head = arbiter.head();
      if (!head.block().equals(at)) {
        throw new IllegalStateException(head + " instead of " + at);
      }
      events = arbiter.events(head.hash()).stream().map(LoggedEvent::event).toList();
    } catch (ArbiterRefusedException e) {
      refusal = Optional.of(e.reason());
    }
    Map<Address, Wei> credits = new LinkedHashMap<>();
    Player.allFunds().keySet().forEach(it -> credits.put(it, arbiter.credit(it)));
    return new Turn(at, sender, refusal, events, chain.held(), credits);
  }

  @Override
  public void close() {
    chain.close();
  }
}
