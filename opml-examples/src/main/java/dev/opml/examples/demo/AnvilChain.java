package dev.opml.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.ethereum.DeploymentSpec;
import dev.opml.ethereum.EthereumArbiter;
import dev.opml.ethereum.abi.AbiTuple;
import dev.opml.ethereum.abi.ArbiterFunction;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.rpc.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** A chain on this machine, with the arbiter's contracts: a block for each transaction. */
public final class AnvilChain implements DemoChain {
  /** Blocks are made when something happens, and an hour may pass until then. */
  private static final long BLOCK_SECONDS = 3600;

  private final Anvil anvil;
  private final DeploymentSpec spec;
  private final Endpoint endpoint;
  private final Map<Account, EthereumArbiter> connections = new EnumMap<>(Account.class);
  private final GasReport gas = new GasReport();
  private final Set<BlockHash> counted = new HashSet<>();
  private final List<Consumer<ArbiterEvent>> watchers = new ArrayList<>();
  private long told;

  private AnvilChain(Anvil anvil, DeploymentSpec spec) {
    this.anvil = anvil;
    this.spec = spec;
    this.endpoint = anvil.endpoint();
  }

  /**
   * Starts a chain and deploys the contracts.
   *
   * @param tool the program
   * @param parameters the arbiter's, but for the time that a block stands for: an hour
   * @throws IOException if it does not start
   */
  public static AnvilChain start(Path tool, ArbiterParameters parameters) throws IOException {
    Anvil anvil = Anvil.start(tool);
    try {
      return new AnvilChain(anvil, anvil.deploy(onDemand(parameters)));
    } catch (IOException | RuntimeException e) {
      anvil.close();
      throw e;
    } catch (InterruptedException e) {
      anvil.close();
      throw interrupted(e);
    }
  }

  private static ArbiterParameters onDemand(ArbiterParameters it) {
    return new ArbiterParameters(
        it.arity(),
        it.clocks(),
        it.windows(),
        it.money(),
        it.work(),
        BLOCK_SECONDS,
        it.programRoots());
  }

  private static CancellationException interrupted(InterruptedException cause) {
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
                spec, List.of(endpoint), Anvil.account(index(account)), FeePolicy.DEFAULT));
  }

  private static int index(Account account) {
    return switch (account) {
      case PUBLISHER -> 0;
      case REQUESTER -> 1;
      case PROPOSER -> 2;
      case CHALLENGER -> 3;
    };
  }

  @Override
  public Deployment deployment() {
    return spec.expected();
  }

  @Override
  public Arbiter connect(Account account) {
    return arbiter(account);
  }

  /** No block stands for more than the deployment says, or clocks would count less. */
  @Override
  public void advance(long seconds) {
    long blocks = Math.ceilDiv(seconds, BLOCK_SECONDS);
    JsonNode _ = ask("anvil_mine", quantity(blocks), quantity(Math.ceilDiv(seconds, blocks)));
  }

  private static String quantity(long number) {
    return "0x" + Long.toHexString(number);
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
      watchers.forEach(watcher -> watcher.accept(event.event()));
    }
  }

  private void count(BlockHash block) {
    JsonNode receipts = ask("eth_getBlockReceipts", block.value().toHex());
    for (JsonNode receipt : receipts) {
      JsonNode transaction =
          ask("eth_getTransactionByHash", receipt.path("transactionHash").asText());
      long used = Long.decode(receipt.path("gasUsed").asText());
      ArbiterFunction.of(bytes(transaction.path("input")))
          .ifPresent(function -> gas.add(function, used));
    }
  }

  private static byte[] bytes(JsonNode digits) {
    return HexFormat.of().parseHex(digits.asText().substring(2));
  }

  @Override
  public Wei burnt() {
    String call = HexFormat.of().formatHex(ArbiterFunction.BURNT.call(new AbiTuple()));
    JsonNode answer =
        ask(
            "eth_call",
            Map.of("to", spec.identity().arbiter().toHex(), "data", "0x" + call),
            "latest");
    return new Wei(new BigInteger(1, bytes(answer)));
  }

  @Override
  public GasReport gas() {
    return gas;
  }

  private JsonNode ask(String method, Object... parameters) {
    try {
      return anvil.ask(method, parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public void close() {
    anvil.close();
  }
}
