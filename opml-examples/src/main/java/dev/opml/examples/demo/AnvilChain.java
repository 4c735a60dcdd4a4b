package dev.opml.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.ethereum.DeploymentSpec;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.anvil.Anvil;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A chain on this machine, with the arbiter's contracts: a block for each transaction. */
public final class AnvilChain extends ContractChain {
  /** Blocks are made when something happens, and an hour may pass until then. */
  private static final long BLOCK_SECONDS = 3600;

  private final Anvil anvil;

  private AnvilChain(Anvil anvil, DeploymentSpec spec) {
    super(spec, anvil.address(), signers(), FeePolicy.DEFAULT);
    this.anvil = anvil;
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

  private static Map<Account, Signer> signers() {
    return Map.of(
        Account.PUBLISHER, Anvil.account(0),
        Account.REQUESTER, Anvil.account(1),
        Account.PROPOSER, Anvil.account(2),
        Account.CHALLENGER, Anvil.account(3));
  }

  @Override
  public long blockSeconds() {
    return USUAL_BLOCK_SECONDS;
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
  public void close() {
    anvil.close();
  }
}
