package dev.opml.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.ethereum.DeploymentSpec;
import dev.opml.ethereum.EthereumArbiter;
import dev.opml.ethereum.abi.ArbiterFunction;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.anvil.PlainRpc;
import dev.opml.ethereum.rpc.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** The arbiter's contracts on a chain, with the accounts of a demonstration. */
abstract class ContractChain implements DemoChain {
  private final DeploymentSpec spec;
  private final Map<Account, Signer> signers;
  private final FeePolicy fees;
  private final Endpoint endpoint;
  private final PlainRpc rpc;
  private final Map<Account, EthereumArbiter> connections = new EnumMap<>(Account.class);
  private final GasReport gas = new GasReport();
  private final Set<BlockHash> counted = new HashSet<>();
  private final List<Consumer<ArbiterEvent>> watchers = new ArrayList<>();
  private long told;
  private Wei burnt = Wei.ZERO;

  /**
   * A chain with an arbiter.
   *
   * @param node where a node answers
   * @param signers of all accounts
   */
  ContractChain(DeploymentSpec spec, URI node, Map<Account, Signer> signers, FeePolicy fees) {
    this.spec = spec;
    this.signers = signers;
    this.fees = fees;
    this.endpoint = Endpoint.http(node);
    this.rpc = new PlainRpc(node);
  }

  static CancellationException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    CancellationException cancelled = new CancellationException("interrupted");
    cancelled.initCause(cause);
    return cancelled;
  }

  private EthereumArbiter arbiter(Account account) {
    return connections.computeIfAbsent(
        account,
        _ ->
            EthereumArbiter.connect(
                spec, List.of(endpoint), Objects.requireNonNull(signers.get(account)), fees));
  }

  @Override
  public Deployment deployment() {
    return spec.expected();
  }

  @Override
  public Arbiter connect(Account account) {
    return arbiter(account);
  }

  @Override
  public void watch(Consumer<ArbiterEvent> watcher) {
    watchers.add(watcher);
  }

  /** Of what is final: a few blocks late, but in ranges, however many blocks there are. */
  @Override
  public void tell() {
    EthereumArbiter reader = arbiter(Account.PUBLISHER);
    Header last = reader.head(Finality.FINALIZED);
    if (last.number() <= told) {
      return;
    }
    List<LoggedEvent> events = reader.finalEvents(told + 1, last);
    told = last.number();
    for (LoggedEvent event : events) {
      if (counted.add(event.hash())) {
        count(event.hash());
      }
      burnt = burnt.plus(burntBy(event.event()));
      watchers.forEach(watcher -> watcher.accept(event.event()));
    }
  }

  private void count(BlockHash block) {
    JsonNode receipts = ask("eth_getBlockReceipts", block.value().toHex());
    for (JsonNode receipt : receipts) {
      if (receipt.path("to").asText().equalsIgnoreCase(contract())) {
        JsonNode transaction =
            ask("eth_getTransactionByHash", receipt.path("transactionHash").asText());
        long used = Long.decode(receipt.path("gasUsed").asText());
        ArbiterFunction.of(bytes(transaction.path("input")))
            .ifPresent(function -> gas.add(function, used));
      }
    }
  }

  private String contract() {
    return spec.identity().arbiter().toHex();
  }

  private static byte[] bytes(JsonNode digits) {
    return HexFormat.of().parseHex(digits.asText().substring(2));
  }

  @Override
  public Wei burnt() {
    return burnt;
  }

  private static Wei burntBy(ArbiterEvent event) {
    return switch (event) {
      case ArbiterEvent.ClaimExpired it -> it.burnt();
      case ArbiterEvent.ClaimRefuted it -> it.burnt();
      case GameEvent.Ended it -> it.burnt();
      default -> Wei.ZERO;
    };
  }

  @Override
  public GasReport gas() {
    return gas;
  }

  final JsonNode ask(String method, Object... parameters) {
    try {
      return rpc.ask(method, parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }
}
