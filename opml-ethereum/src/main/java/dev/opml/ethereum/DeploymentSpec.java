package dev.opml.ethereum;

import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Deployment;
import java.util.Optional;

/**
 * Description of the arbiter that a chain has to have.
 *
 * @param identity chain and address
 * @param parameters its parameters
 * @param code its code; empty if nobody compares it, which only tests should want
 * @param firstBlock number of the block in which it was deployed, or an earlier one: there is
 *     nothing of it before
 */
public record DeploymentSpec(
    ArbiterIdentity identity,
    ArbiterParameters parameters,
    Optional<ContractCode> code,
    long firstBlock) {
  /** The deployment that agents are told to trust. */
  public Deployment expected() {
    return new Deployment(
        identity, parameters, code.map(ContractCode::identity).orElse(ContractCode.UNCHECKED));
  }
}
