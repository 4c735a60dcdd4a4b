package dev.opml.ethereum;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.Block;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.ethereum.abi.AbiTuple;
import dev.opml.ethereum.abi.ParametersAbi;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.anvil.Anvil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The contracts on a chain of their own, with a block for each transaction. */
final class TestChain implements AutoCloseable {
  private static @Nullable Artefact echo;

  private final Anvil anvil;
  private final DeploymentSpec spec;

  private TestChain(Anvil anvil, DeploymentSpec spec) {
    this.anvil = anvil;
    this.spec = spec;
  }

  /** Puts an arbiter onto a chain. */
  private interface Deployer {
    DeploymentSpec deploy(Anvil anvil) throws IOException, InterruptedException;
  }

  /** Deploys the shipped contracts. */
  static TestChain start(ArbiterParameters parameters, String... options)
      throws IOException, InterruptedException {
    return start(anvil -> anvil.deploy(parameters), options);
  }

  /**
   * Deploys the shipped arbiter with a machine that gives the result that its witness is, as {@link
   * Recorder#IDENTITY}.
   */
  static TestChain startEcho(ArbiterParameters parameters, String... options)
      throws IOException, InterruptedException {
    return start(anvil -> deploy(anvil, echo(), parameters), options);
  }

  /** Compiled once. */
  private static synchronized Artefact echo() throws IOException, InterruptedException {
    if (echo == null) {
      echo =
          Artefact.read(
              Files.readAllBytes(Forge.artefact("GamesDifferential.t.sol", "EchoMachine")));
    }
    return echo;
  }

  private static TestChain start(Deployer deployer, String... options)
      throws IOException, InterruptedException {
    Anvil anvil = Anvil.start(Forge.tool("anvil"), options);
    try {
      return new TestChain(anvil, deployer.deploy(anvil));
    } catch (IOException | RuntimeException | InterruptedException e) {
      anvil.close();
      throw e;
    }
  }

  /** Starts a chain that goes on from this one's newest block, and knows nothing that waits. */
  TestChain copy(Path folder, String... options) throws IOException, InterruptedException {
    byte[] dump = HexFormat.of().parseHex(anvil.ask("anvil_dumpState").asText().substring(2));
    Path state = Files.createTempFile(folder, "state", ".json");
    try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(dump))) {
      Files.write(state, unpacked.readAllBytes());
    }
    List<String> all = new ArrayList<>(List.of("--load-state", state.toString()));
    all.addAll(List.of(options));
    return start(_ -> spec, all.toArray(String[]::new));
  }

  private static DeploymentSpec deploy(Anvil anvil, Artefact echo, ArbiterParameters parameters)
      throws IOException, InterruptedException {
    AbiTuple none = new AbiTuple();
    Address machine = anvil.deploy(echo.creation(none));
    Address rules = anvil.deploy(Contract.RULES.artefact().creation(none));
    AbiTuple arguments = ParametersAbi.constructor(parameters, machine, rules);
    Address arbiter = anvil.deploy(Contract.ARBITER.artefact().creation(arguments));
    ContractCode shipped = ContractCode.shipped();
    return new DeploymentSpec(
        new ArbiterIdentity(Anvil.CHAIN_ID, arbiter),
        parameters,
        Optional.of(new ContractCode(shipped.arbiter(), echo.template(), shipped.rules())),
        0);
  }

  Anvil anvil() {
    return anvil;
  }

  DeploymentSpec spec() {
    return spec;
  }

  EthereumArbiter connect(Signer signer) {
    return EthereumArbiter.connect(spec, List.of(anvil.endpoint()), signer, FeePolicy.DEFAULT);
  }

  void fund(Address account, Wei amount) throws IOException, InterruptedException {
    JsonNode _ =
        anvil.ask("anvil_setBalance", account.toHex(), "0x" + amount.amount().toString(16));
  }

  /** Lets time pass, with as many blocks as count for it. */
  void advance(long seconds) throws IOException, InterruptedException {
    long each = spec.parameters().blockSeconds();
    JsonNode _ = anvil.ask("anvil_mine", quantity(Math.ceilDiv(seconds, each)), quantity(each));
  }

  /** Makes the block that comes next another: with empty ones before it, in almost no time. */
  void nextBlock(Block next) throws IOException, InterruptedException {
    long empty = next.number() - Long.decode(anvil.ask("eth_blockNumber").asText()) - 1;
    if (empty > 0) {
      JsonNode _ = anvil.ask("anvil_mine", quantity(empty));
    }
    JsonNode _ = anvil.ask("evm_setNextBlockTimestamp", next.time());
  }

  private static String quantity(long number) {
    return "0x" + Long.toHexString(number);
  }

  /** Gas of the newest block's only transaction. */
  long gasUsed() throws IOException, InterruptedException {
    JsonNode receipts = anvil.ask("eth_getBlockReceipts", "latest");
    if (receipts.size() != 1) {
      throw new IllegalStateException("one transaction is expected: " + receipts);
    }
    return Long.decode(receipts.get(0).path("gasUsed").asText());
  }

  /** All that the arbiter has. */
  Wei held() throws IOException, InterruptedException {
    return wei(anvil.ask("eth_getBalance", spec.identity().arbiter().toHex(), "latest"));
  }

  private static Wei wei(JsonNode quantity) {
    return new Wei(new BigInteger(quantity.asText().substring(2), 16));
  }

  @Override
  public void close() {
    anvil.close();
  }
}
