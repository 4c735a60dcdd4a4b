package dev.opml.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.ethereum.DeployedArbiter;
import dev.opml.ethereum.Deployer;
import dev.opml.ethereum.DeploymentFile;
import dev.opml.vm.machine.GuestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code opml chain deploy}: a new arbiter. */
@Command(
    name = "deploy",
    sortOptions = false,
    description =
        "Deploys a new arbiter, verifies it, and writes what others need to find it. Takes some 7.2"
            + " million gas, or 4.3 if the chain has an arbiter already, and at most ten minutes.")
final class ChainDeployCommand extends Subcommand {
  @Mixin private EndpointOptions nodes = new EndpointOptions();

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      required = true,
      description =
          "Number of the chain, which each node has to name: nothing is signed for another.")
  private long chainId;

  @Option(
      names = "--deployment",
      paramLabel = "FILE",
      required = true,
      description = "The file to write; one that exists already is refused.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path file;

  @Option(
      names = "--parameters",
      paramLabel = "FILE",
      description =
          "JSON object with the parameters that are not the standard ones, named as in a "
              + "deployment's file.")
  private @Nullable Path parameters;

  @Mixin private KeyOptions key = new KeyOptions();

  ChainDeployCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    if (chainId < 1) {
      throw usage("--chain-id must be at least 1, got " + chainId);
    }
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    ArbiterParameters standard = ArbiterParameters.standard(Set.of(GuestProgram.bundled().root()));
    ArbiterParameters wanted =
        parameters == null ? standard : DeploymentFile.readParameters(parameters, standard);
    Deployer deployer = new Deployer(chainId, nodes.endpoints(), key.signer(this), key.fees(this));
    describe(deploy(deployer, wanted), result);
    return true;
  }

  /** Writes down what will be there before anything is sent; that stays if sending fails. */
  private DeployedArbiter deploy(Deployer deployer, ArbiterParameters wanted) throws IOException {
    Path unverified = file.resolveSibling(file.getFileName() + ".unverified");
    if (Files.exists(unverified)) {
      throw new FileAlreadyExistsException(unverified.toString());
    }
    try {
      DeployedArbiter deployed =
          deployer.deploy(wanted, Arbiter.PATIENCE, it -> write(unverified, it));
      Files.move(unverified, file);
      return deployed;
    } catch (IOException | RuntimeException e) {
      if (Files.exists(unverified)) {
        throw new UnverifiedDeploymentException(unverified, e);
      }
      throw e;
    }
  }

  private void write(Path unverified, DeployedArbiter planned) {
    try (FileChannel out =
        FileChannel.open(unverified, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = UTF_8.encode(DeploymentFile.write(planned));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    } catch (IOException e) {
      boolean _ = unverified.toFile().delete(); // nothing was sent
      throw new UncheckedIOException(
          new FileSystemException(unverified.toString(), null, e.getMessage()));
    }
    terminal()
        .err()
        .println("opml: deploying " + planned.arbiter() + ", until then in " + unverified);
  }

  private void describe(DeployedArbiter deployed, ObjectNode result) {
    result
        .put("chainId", deployed.chainId())
        .put("arbiter", deployed.arbiter().toHex())
        .put("machine", deployed.machine().toHex())
        .put("rules", deployed.rules().toHex())
        .put("firstBlock", deployed.firstBlock());
    sayLine("arbiter " + deployed.arbiter() + " on chain " + deployed.chainId());
  }
}
