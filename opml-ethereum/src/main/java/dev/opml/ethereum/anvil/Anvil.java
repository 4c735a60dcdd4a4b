package dev.opml.ethereum.anvil;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.ethereum.Contract;
import dev.opml.ethereum.ContractCode;
import dev.opml.ethereum.DeploymentSpec;
import dev.opml.ethereum.abi.AbiTuple;
import dev.opml.ethereum.abi.ParametersAbi;
import dev.opml.ethereum.account.KeySigner;
import dev.opml.ethereum.account.Signer;
import dev.opml.ethereum.rpc.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A chain of its own on this machine: Foundry's anvil, which npm installs. It ends when it is
 * closed, and nothing of it is left. Not for chains on which money is worth anything: everybody has
 * its keys.
 */
public final class Anvil implements AutoCloseable {
  /** Its chain id, whoever starts it. */
  public static final long CHAIN_ID = 31337;

  /** Keys of the first accounts that every anvil gives money to. */
  private static final List<String> KEYS =
      List.of(
          "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
          "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
          "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
          "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6");

  private static final List<String> OPTIONS =
      List.of("--hardfork", "osaka", "--slots-in-an-epoch", "1", "--order", "fifo");

  private final Process process;
  private final URI address;
  private final PlainRpc rpc;

  private Anvil(Process process, URI address) {
    this.process = process;
    this.address = address;
    this.rpc = new PlainRpc(address);
  }

  /**
   * Starts a chain that finalizes all but its last two blocks.
   *
   * @param tool the program
   * @param options of anvil: none for a block for each transaction
   * @throws IOException if it does not start
   */
  public static Anvil start(Path tool, String... options) throws IOException {
    int port = freePort();
    List<String> command = new ArrayList<>(List.of(tool.toString(), "--port", "" + port));
    command.addAll(OPTIONS);
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      if (line.contains("Listening on")) {
        Thread _ = Thread.ofVirtual().start(() -> drain(output)); // else it would block
        return new Anvil(process, URI.create("http://127.0.0.1:" + port));
      }
    }
    throw new IOException("anvil did not start: " + said);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void drain(BufferedReader output) {
    try {
      while (output.readLine() != null) {
        // Nobody reads it.
      }
    } catch (IOException _) {
      // It has ended.
    }
  }

  /** The address of {@link #endpoint()}. */
  public URI address() {
    return address;
  }

  /** The endpoint that answers for it. */
  public Endpoint endpoint() {
    return Endpoint.http(address);
  }

  /**
   * An account with 10,000 ether.
   *
   * @param index 0 to 3
   */
  public static Signer account(int index) {
    return KeySigner.of(Bytes32.fromHex(KEYS.get(index)));
  }

  /**
   * Asks anything, its own methods included.
   *
   * @throws IOException if it answers an error, or not at all
   */
  public JsonNode ask(String method, Object... parameters)
      throws IOException, InterruptedException {
    return rpc.ask(method, parameters);
  }

  /** Makes a block. */
  public void mine() throws IOException, InterruptedException {
    JsonNode _ = ask("evm_mine");
  }

  /** Makes a block that is so many seconds younger than it would be. */
  public void advance(long seconds) throws IOException, InterruptedException {
    JsonNode _ = ask("evm_increaseTime", seconds);
    mine();
  }

  /**
   * Deploys a contract from the first account, and makes a block for it.
   *
   * @param code what creates it, with the constructor's arguments
   * @throws IOException if it refuses to be created
   */
  public Address deploy(byte[] code) throws IOException, InterruptedException {
    String data = "0x" + HexFormat.of().formatHex(code);
    String hash =
        ask("eth_sendTransaction", Map.of("from", account(0).address().toHex(), "data", data))
            .asText();
    mine();
    JsonNode receipt = ask("eth_getTransactionReceipt", hash);
    if (!receipt.path("status").asText().equals("0x1")) {
      throw new IOException("not deployed: " + receipt);
    }
    return Address.fromHex(receipt.path("contractAddress").asText());
  }

  /**
   * Deploys an arbiter, with the contracts that it needs.
   *
   * @throws IOException if that fails: the parameters are not possible, for example
   */
  public DeploymentSpec deploy(ArbiterParameters parameters)
      throws IOException, InterruptedException {
    AbiTuple none = new AbiTuple();
    Address machine = deploy(Contract.MACHINE.artefact().creation(none));
    Address rules = deploy(Contract.RULES.artefact().creation(none));
    AbiTuple arguments = ParametersAbi.constructor(parameters, machine, rules);
    Address arbiter = deploy(Contract.ARBITER.artefact().creation(arguments));
    return new DeploymentSpec(
        new ArbiterIdentity(CHAIN_ID, arbiter), parameters, Optional.of(ContractCode.shipped()), 0);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    Process _ = process.destroyForcibly();
  }
}
