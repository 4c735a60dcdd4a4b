package dev.opml.examples.demo;

import dev.opml.api.Bytes32;
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
import dev.opml.ethereum.anvil.PlainRpc;
import dev.opml.ethereum.rpc.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

  private final List<Wallet> wallets;
  private final Address payer;

  private LiveChain(
      DeployedArbiter deployed,
      URI node,
      Map<Account, Signer> signers,
      List<Wallet> wallets,
      Address payer,
      FeePolicy fees) {
    super(deployed.spec(), node, signers, fees);
    this.wallets = new ArrayList<>(wallets);
    this.payer = payer;
  }

  /**
   * Deploys the contracts and makes the accounts.
   *
   * @param node where a node of the chain answers
   * @param payer pays for everything
   * @param parameters the arbiter's, but for the windows and amounts of money
   * @param window time for sealing and for challenges, in seconds
   * @throws IOException if nobody answers
   */
  public static LiveChain start(
      URI node, Signer payer, FeePolicy fees, ArbiterParameters parameters, long window)
      throws IOException {
    long chainId = chainId(node);
    List<Endpoint> endpoints = List.of(Endpoint.http(node));
    DeployedArbiter deployed =
        new Deployer(chainId, endpoints, payer, fees)
            .deploy(brief(parameters, window), Arbiter.PATIENCE);
    Map<Account, Signer> signers =
        Arrays.stream(Account.values()).collect(Collectors.toMap(it -> it, _ -> newAccount()));
    Wallet wallet = new Wallet(chainId, endpoints, payer, fees);
    Wei lent = LENT.plus(wallet.price(GAS));
    wallet.pay(
        signers.values().stream().collect(Collectors.toMap(Signer::address, _ -> lent)),
        Arbiter.PATIENCE);
    List<Wallet> wallets =
        signers.values().stream().map(it -> new Wallet(chainId, endpoints, it, fees)).toList();
    return new LiveChain(deployed, node, signers, wallets, payer.address(), fees);
  }

  private static long chainId(URI node) throws IOException {
    try {
      return Long.decode(new PlainRpc(node).ask("eth_chainId").asText());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static Signer newAccount() {
    byte[] key = new byte[Bytes32.SIZE];
    new SecureRandom().nextBytes(key);
    return KeySigner.of(Bytes32.of(key)); // one that is no key does not come up
  }

  private static ArbiterParameters brief(ArbiterParameters it, long window) {
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

  /** Gives back what the accounts have left, as far as that succeeds. */
  @Override
  public void close() {
    @Nullable OpmlException failure = null;
    for (Wallet wallet : wallets) {
      try {
        wallet.payAll(payer, Arbiter.PATIENCE);
      } catch (OpmlException e) {
        failure = e;
      }
    }
    wallets.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
