package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.Sending;
import dev.opml.ethereum.abi.AbiTuple;
import dev.opml.ethereum.abi.ParametersAbi;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.rpc.Endpoint;
import dev.opml.ethereum.rpc.EthereumRpcException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * Deploys arbiters from an account. The two contracts that an arbiter calls have neither state nor
 * owner, so all arbiters of a chain share them: they are created where they are missing. Whoever
 * deploys has no more rights than others.
 */
public final class Deployer {
  private static final AbiTuple NO_ARGUMENTS = new AbiTuple();
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final long chainId;
  private final List<Endpoint> endpoints;
  private final Signer signer;
  private final FeePolicy fees;
  private final Wallet wallet;
  private final SecureRandom random = new SecureRandom();

  /**
   * Prepares an account.
   *
   * @param chainId the chain that each endpoint has to follow
   * @param endpoints nodes of the chain, the first of which is asked first
   */
  public Deployer(long chainId, List<Endpoint> endpoints, Signer signer, FeePolicy fees) {
    this.chainId = chainId;
    this.endpoints = List.copyOf(endpoints);
    this.signer = signer;
    this.fees = fees;
    this.wallet = new Wallet(chainId, endpoints, signer, fees);
  }

  /**
   * Deploys a new arbiter and verifies it as {@link EthereumArbiter#connect} does. Takes some 4.3
   * million gas, and 3 million more on a chain that has no other arbiter of this code yet. A chain
   * without the contract that creates others gets it, for 0.01 ether.
   *
   * @param patience how long all of it may take
   * @throws dev.opml.dispute.chain.TransactionTimeoutException if it takes longer; the arbiter may
   *     still come to be
   * @throws dev.opml.dispute.ArbiterRefusedException if a contract refuses to be created
   * @throws EthereumRpcException if no endpoint answers, or all refuse
   */
  public DeployedArbiter deploy(ArbiterParameters parameters, Duration patience) {
    return deploy(parameters, patience, _ -> {});
  }

  /**
   * Deploys as {@link #deploy(ArbiterParameters, Duration)} does.
   *
   * @param planned is told what will be there before anything is sent, so that it can be found
   *     whatever fails then; what it throws ends all
   */
  public DeployedArbiter deploy(
      ArbiterParameters parameters, Duration patience, Consumer<DeployedArbiter> planned) {
    long end = System.nanoTime() + patience.toNanos();
    Header before = wallet.head();
    byte[] machineCode = Contract.MACHINE.artefact().creation(NO_ARGUMENTS);
    byte[] rulesCode = Contract.RULES.artefact().creation(NO_ARGUMENTS);
    Address machine = Create2Factory.created(Bytes32.ZERO, machineCode);
    Address rules = Create2Factory.created(Bytes32.ZERO, rulesCode);
    AbiTuple arguments = ParametersAbi.constructor(parameters, machine, rules);
    byte[] arbiterCode = Contract.ARBITER.artefact().creation(arguments);
    Bytes32 salt = salt();
    DeployedArbiter deployed =
        new DeployedArbiter(
            chainId,
            Create2Factory.created(salt, arbiterCode),
            machine,
            rules,
            before.number(),
            parameters);
    planned.accept(deployed);
    if (isMissing(Create2Factory.ADDRESS, before)) {
      createFactory(end);
    }
    List<Sending> sent = new ArrayList<>();
    if (isMissing(machine, before)) {
      sent.add(create(Bytes32.ZERO, machineCode));
    }
    if (isMissing(rules, before)) {
      sent.add(create(Bytes32.ZERO, rulesCode));
    }
    sent.add(create(salt, arbiterCode));
    sent.forEach(it -> await(it, end));
    verify(deployed, end);
    return deployed;
  }

  private boolean isMissing(Address contract, Header at) {
    return wallet.blocks().ask(node -> node.code(contract, at.hash())).length == 0;
  }

  private Bytes32 salt() {
    byte[] bytes = new byte[Bytes32.SIZE];
    random.nextBytes(bytes);
    return Bytes32.of(bytes);
  }

  private void createFactory(long end) {
    await(wallet.send(Create2Factory.MAKER, Create2Factory.COST, new byte[0]), end);
    TransactionHash hash = Create2Factory.creationHash();
    Runnable send =
        () -> wallet.transactions().tell(node -> node.send(hash, Create2Factory.creation()));
    await(Sending.of(hash, send), end);
  }

  private Sending create(Bytes32 salt, byte[] code) {
    return wallet.send(Create2Factory.ADDRESS, Wei.ZERO, Create2Factory.call(salt, code));
  }

  private void await(Sending sent, long end) {
    wallet.await(sent, Duration.ofNanos(end - System.nanoTime()));
  }

  /** An endpoint may have told a receipt, and another of the same name not know its block yet. */
  private void verify(DeployedArbiter deployed, long end) {
    while (true) {
      try {
        EthereumArbiter _ = EthereumArbiter.connect(deployed.spec(), endpoints, signer, fees);
        return;
      } catch (EthereumRpcException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while verifying " + deployed.arbiter());
      }
    }
  }
}
