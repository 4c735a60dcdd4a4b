package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.chain.ArbiterParameters;
import java.util.Optional;

/**
 * An arbiter on a chain, with the code that is part of this library.
 *
 * @param chainId the chain, as in EIP-155; at least 1
 * @param arbiter address of the arbiter
 * @param machine address of the contract that executes an instruction
 * @param rules address of the contract that knows images
 * @param firstBlock number of a block in which, as in all before it, there is nothing of the
 *     arbiter; near the one in which it was deployed
 * @param parameters its parameters, with the programs that may be registered
 * @see DeploymentFile
 */
public record DeployedArbiter(
    long chainId,
    Address arbiter,
    Address machine,
    Address rules,
    long firstBlock,
    ArbiterParameters parameters) {
  /** Checks the numbers' ranges. */
  public DeployedArbiter {
    if (chainId < 1 || firstBlock < 0) {
      throw new IllegalArgumentException("chain " + chainId + ", first block " + firstBlock);
    }
  }

  /**
   * Describes what to expect of it. The addresses of the other two are for people: the arbiter
   * names them.
   */
  public DeploymentSpec spec() {
    return new DeploymentSpec(
        new ArbiterIdentity(chainId, arbiter),
        parameters,
        Optional.of(ContractCode.shipped()),
        firstBlock);
  }
}
