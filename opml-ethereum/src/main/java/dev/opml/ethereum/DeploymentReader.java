package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.ethereum.abi.AbiInput;
import dev.opml.ethereum.abi.AbiTuple;
import dev.opml.ethereum.abi.ArbiterFunction;
import dev.opml.ethereum.abi.MalformedAbiException;
import dev.opml.ethereum.abi.ParametersAbi;
import dev.opml.ethereum.rpc.BlockNode;

/** Reads what a deployment is, in its newest block. */
final class DeploymentReader {
  private static final AbiTuple NO_ARGUMENTS = new AbiTuple();

  private final DeploymentSpec spec;

  DeploymentReader(DeploymentSpec spec) {
    this.spec = spec;
  }

  Deployment read(BlockNode node) {
    BlockHash block = node.head(Finality.LATEST).hash();
    try {
      ArbiterParameters parameters =
          ParametersAbi.decode(
              call(node, ArbiterFunction.PARAMETERS, block),
              call(node, ArbiterFunction.PROGRAMS, block));
      return new Deployment(spec.identity(), parameters, code(node, block));
    } catch (MalformedAbiException e) {
      throw node.contradiction("no arbiter at " + contract() + ": " + e.getMessage(), e);
    }
  }

  private String code(BlockNode node, BlockHash block) {
    if (spec.code().isEmpty()) {
      return ContractCode.UNCHECKED;
    }
    Address machine = new AbiInput(call(node, ArbiterFunction.MACHINE, block)).address();
    Address rules = new AbiInput(call(node, ArbiterFunction.RULES, block)).address();
    return spec.code()
        .get()
        .identityOf(
            node.code(contract(), block), node.code(machine, block), node.code(rules, block));
  }

  private byte[] call(BlockNode node, ArbiterFunction function, BlockHash block) {
    return node.call(contract(), function.call(NO_ARGUMENTS), block);
  }

  private Address contract() {
    return spec.identity().arbiter();
  }
}
