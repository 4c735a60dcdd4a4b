package dev.opml.examples.demo;

import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.ethereum.DeployedArbiter;
import dev.opml.ethereum.Deployer;
import dev.opml.ethereum.Wallet;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.KeySigner;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.rpc.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * A chain that was there before and makes blocks by the clock. One account deploys the contracts,
 * lends money to new accounts, and gets back what is left of it.
 */
public final class LiveChain extends ContractChain {
  /** Bonds, rewards and the bounty are so many times smaller: here money may be worth something. */
  private static final long SMALLER = 1_000;

  /** Lent to each account, beside the price of its gas. */
  private static final Wei LENT = Wei.gwei(20_000_000);

  /** Gas that an account can pay for: about four times what a player needs. */
  private static final long GAS = 3_000_000;

  private static final Duration LONGEST_BLOCK = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Gas that deploying takes at most, and the loans. */
  private static final long PAYERS_GAS = 8_000_000;

  private final Loans loans;
  private final Address payer;

  private LiveChain(
      DeployedArbiter deployed,
      URI node,
      Map<Account, Signer> signers,
      Loans loans,
      Address payer,
      FeePolicy fees) {
    super(deployed.spec(), node, signers, fees);
    this.loans = loans;
    this.payer = payer;
  }

  /**
   * Deploys the contracts and makes the accounts.
   *
   * @param node where a node of the chain answers
   * @param chainId number of the chain, which it has to name: nothing is signed for another
   * @param payer pays for everything
   * @param parameters of {@link #brief}
   * @param folder of a file with the accounts' keys, which is there until all is paid back
   * @throws OpmlException if the payer cannot pay for all, or the chain refuses; what was lent is
   *     paid back, or the file stays and is told
   * @throws IOException if the keys cannot be written
   */
  public static LiveChain start(
      URI node,
      long chainId,
      Signer payer,
      FeePolicy fees,
      ArbiterParameters parameters,
      Path folder)
      throws IOException {
    List<Endpoint> endpoints = List.of(Endpoint.http(node));
    Wallet wallet = new Wallet(chainId, endpoints, payer, fees);
    Wei lent = LENT.plus(wallet.price(GAS));
    Wei needed = lent.times(Account.values().length).plus(wallet.price(PAYERS_GAS));
    Wei balance = wallet.balance();
    if (balance.isLessThan(needed)) {
      throw new OpmlException(
          "%s has %s wei, and needs %s"
              .formatted(payer.address(), balance.amount(), needed.amount()));
    }
    DeployedArbiter deployed =
        new Deployer(chainId, endpoints, payer, fees).deploy(parameters, Arbiter.PATIENCE);
    List<KeySigner> accounts = new ArrayList<>();
    Loans loans = Loans.prepare(folder, Account.values().length, accounts);
    Map<Account, Signer> signers = new EnumMap<>(Account.class);
    Iterator<KeySigner> made = accounts.iterator();
    for (Account account : Account.values()) {
      signers.put(account, made.next());
    }
    LiveChain chain = new LiveChain(deployed, node, signers, loans, payer.address(), fees);
    try {
      Map<Address, Wallet> wallets = new LinkedHashMap<>();
      accounts.forEach(it -> wallets.put(it.address(), new Wallet(chainId, endpoints, it, fees)));
      loans.lend(wallet, lent, wallets);
      return chain;
    } catch (RuntimeException e) {
      chain.closeAfter(e);
      throw e;
    }
  }

  /** The newer failure is the one to tell: it says where money is. */
  private void closeAfter(RuntimeException failure) {
    try {
      close();
    } catch (RuntimeException e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  /**
   * Parameters for a short demonstration with little money.
   *
   * @param it all but the windows and amounts of money
   * @param window time for sealing and for challenges, in seconds
   * @throws IllegalArgumentException if the window is out of range
   */
  public static ArbiterParameters brief(ArbiterParameters it, long window) {
    MoneyRules money = it.money();
    Rewards rewards = money.rewards();
    return new ArbiterParameters(
        it.arity(),
        it.clocks(),
        new WindowRules(0, it.windows().revealWindow(), window, window),
        new MoneyRules(
            money.claimBond().dividedBy(SMALLER),
            money.claimBondPerNode().dividedBy(SMALLER),
            money.challengerBond().dividedBy(SMALLER),
            money.bounty().dividedBy(SMALLER),
            money.burnBasisPoints(),
            new Rewards(
                rewards.move().dividedBy(SMALLER),
                rewards.end().dividedBy(SMALLER),
                rewards.witness().dividedBy(SMALLER)),
            money.coveredGames()),
        it.work(),
        it.blockSeconds(),
        it.programRoots());
  }

  @Override
  public long blockSeconds() {
    return 1;
  }

  /** Waits for a block that is so much younger than the newest one. */
  @Override
  public void advance(long seconds) {
    Header newest = head();
    long until = newest.block().time() + seconds;
    long patience = System.nanoTime() + LONGEST_BLOCK.toNanos();
    while (newest.block().time() < until) {
      pause();
      Header next = head();
      if (next.number() > newest.number()) {
        newest = next;
        patience = System.nanoTime() + LONGEST_BLOCK.toNanos();
      } else if (System.nanoTime() > patience) {
        throw new OpmlException("the chain has made no block for " + LONGEST_BLOCK);
      }
    }
  }

  private Header head() {
    return connect(Account.PUBLISHER).head();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a block");
    }
  }

  /**
   * Pays back what the accounts have left.
   *
   * @throws OpmlException if one does not; it names the account, and the file with its key
   */
  @Override
  public void close() {
    try {
      loans.takeBack(payer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
