package dev.opml.examples.demo;

import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.local.LocalArbiter;
import dev.opml.dispute.local.ManualBlocks;
import dev.opml.vm.machine.WitnessStep;
import java.util.Locale;
import java.util.function.Consumer;

/** An arbiter in this process, which has no chain. */
public final class LocalChain implements DemoChain {
  private static final Wei FUNDS = Wei.ether(100);
  private static final ArbiterIdentity IDENTITY =
      new ArbiterIdentity(31337, Address.named("arbiter"));

  private final ManualBlocks blocks = new ManualBlocks();
  private final LocalArbiter arbiter;

  /** Makes an arbiter. */
  public LocalChain(ArbiterParameters parameters) {
    arbiter = new LocalArbiter(IDENTITY, parameters, new WitnessStep(), blocks);
    for (Account account : Account.values()) {
      arbiter.fund(address(account), FUNDS);
    }
  }

  private static Address address(Account account) {
    return Address.named(account.name().toLowerCase(Locale.ROOT));
  }

  /** The arbiter, to look into. */
  public LocalArbiter arbiter() {
    return arbiter;
  }

  @Override
  public Deployment deployment() {
    return connect(Account.PUBLISHER).deployment();
  }

  @Override
  public Arbiter connect(Account account) {
    return arbiter.connect(address(account));
  }

  @Override
  public long blockSeconds() {
    return USUAL_BLOCK_SECONDS;
  }

  @Override
  public void advance(long seconds) {
    blocks.advance(seconds);
  }

  @Override
  public void watch(Consumer<ArbiterEvent> watcher) {
    var _ = arbiter.subscribe(logged -> watcher.accept(logged.event()));
  }

  @Override
  public void tell() {
    // They are told at once.
  }

  @Override
  public Wei burnt() {
    return arbiter.totals().burnt();
  }

  @Override
  public GasReport gas() {
    return new GasReport();
  }

  @Override
  public void close() {
    // Nothing is left of it.
  }
}
