package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.ethereum.abi.ParametersAbi;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.rpc.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The contract of ClientStub.sol on a chain of its own. */
final class Stub implements AutoCloseable {
  static final ArbiterParameters PARAMETERS =
      ArbiterParameters.standard(Set.of(new Bytes32(1, 2, 3, 4)));

  /** Whatever waits is offered for more at once. */
  static final FeePolicy IMPATIENT =
      new FeePolicy(
          FeePolicy.DEFAULT.tip(), FeePolicy.DEFAULT.cap(), FeePolicy.LEAST_BUMP, Duration.ZERO);

  private final Anvil anvil;
  private final DeploymentSpec spec;

  private Stub(Anvil anvil, DeploymentSpec spec) {
    this.anvil = anvil;
    this.spec = spec;
  }

  static Stub start(String... options) throws IOException, InterruptedException {
    Path artefact = Forge.artefact("ClientStub.sol", "ClientStub");
    Artefact stub = Artefact.read(Files.readAllBytes(artefact));
    CodeTemplate code = stub.template();
    Anvil anvil = Anvil.start(Forge.tool("anvil"), options);
    try {
      Address nobody = new Address(0, 0, 0);
      Address contract =
          anvil.deploy(stub.creation(ParametersAbi.constructor(PARAMETERS, nobody, nobody)));
      return new Stub(
          anvil,
          new DeploymentSpec(
              new ArbiterIdentity(Anvil.CHAIN_ID, contract),
              PARAMETERS,
              Optional.of(new ContractCode(code, code, code)),
              0));
    } catch (IOException | RuntimeException e) {
      anvil.close();
      throw e;
    }
  }

  Anvil anvil() {
    return anvil;
  }

  DeploymentSpec spec() {
    return spec;
  }

  EthereumArbiter connect(int account) {
    return connect(account, IMPATIENT);
  }

  EthereumArbiter connect(int account, FeePolicy fees) {
    return connect(account, fees, anvil.endpoint());
  }

  EthereumArbiter connect(int account, FeePolicy fees, Endpoint... endpoints) {
    return EthereumArbiter.connect(spec, List.of(endpoints), Anvil.account(account), fees);
  }

  @Override
  public void close() {
    anvil.close();
  }
}
