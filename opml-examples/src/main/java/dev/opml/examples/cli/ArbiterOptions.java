package dev.opml.examples.cli;

import dev.opml.dispute.view.ArbiterView;
import dev.opml.dispute.view.ChainFollower;
import dev.opml.ethereum.DeployedArbiter;
import dev.opml.ethereum.DeploymentFile;
import dev.opml.ethereum.EthereumArbiter;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Signer;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An arbiter on a chain, which is verified before it is believed anything. */
final class ArbiterOptions {
  @Mixin private EndpointOptions nodes = new EndpointOptions();

  @Option(
      names = "--deployment",
      paramLabel = "FILE",
      required = true,
      description = "The deployment, as 'opml chain deploy' wrote it.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path file;

  /** The file as it was read: another that takes its place meanwhile is another deployment. */
  private @Nullable DeployedArbiter read;

  /** The deployment in the file. */
  DeployedArbiter deployed() {
    DeployedArbiter known = read;
    if (known == null) {
      known = DeploymentFile.read(file);
      read = known;
    }
    return known;
  }

  /** Connects an account. */
  EthereumArbiter connect(Subcommand command, Signer signer, FeePolicy fees) {
    EthereumArbiter arbiter =
        EthereumArbiter.connect(deployed().spec(), nodes.endpoints(), signer, fees);
    if (!arbiter.firstBlockChecked()) {
      command
          .terminal()
          .err()
          .println(
              "opml: %s: no node has the state of block %d any more, so firstBlock is believed"
                  .formatted(file, arbiter.firstBlock()));
    }
    return arbiter;
  }

  /** Connects the account of a key. */
  EthereumArbiter connect(Subcommand command, KeyOptions key) throws IOException {
    return connect(command, key.signer(command), key.fees(command));
  }

  /** Connects nobody, who only looks. */
  EthereumArbiter connect(Subcommand command) {
    return connect(command, new Onlooker(), FeePolicy.DEFAULT);
  }

  /** All that the arbiter has seen. */
  ArbiterView history(Subcommand command) {
    return ChainFollower.history(connect(command), deployed().parameters());
  }
}
