package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Wei;
import dev.opml.ethereum.account.KeySigner;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.merkle.Keccak256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A chain on which accounts of keystores have money, and what commands need to know of it. */
public final class TestChain implements AutoCloseable {
  static final String PASSWORD = "pass word";

  /** Windows that end while a test waits. */
  private static final String PARAMETERS =
      """
      {"windows":{"revealDelay":1,"revealWindow":600,"challengeWindow":%d,"sealingWindow":600},
      "clocks":{"secondsPerMove":5}}
      """;

  private final Anvil anvil;
  private final Path folder;

  private TestChain(Anvil anvil, Path folder) {
    this.anvil = anvil;
    this.folder = folder;
  }

  /**
   * Starts a chain; skips the test, or fails it if everything is required, where anvil is missing.
   *
   * @param folder of what is written
   * @param challengeWindow of deployments, in seconds
   */
  static TestChain start(Path folder, int challengeWindow, String... options) throws IOException {
    TestChain chain = new TestChain(Anvil.start(program(), options), folder);
    Files.writeString(chain.file("password"), PASSWORD + "\n");
    Files.writeString(chain.file("parameters"), PARAMETERS.formatted(challengeWindow));
    return chain;
  }

  /** The program of the chain. */
  public static Path program() {
    try {
      return AnvilProgram.find();
    } catch (IOException e) {
      assertTrue(!"1".equals(System.getenv("OPML_REQUIRE_ALL")), e.getMessage());
      return Assumptions.abort(e.getMessage());
    }
  }

  Anvil anvil() {
    return anvil;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Makes an account with 1,000 ether, whose keystore has its name. */
  KeySigner account(String name) throws Exception {
    Bytes32 key = key(name);
    KeySigner signer = KeySigner.of(key);
    Path _ = Keystore.write(file(name), key, PASSWORD);
    String wei = "0x" + Wei.ether(1_000).amount().toString(16);
    var _ = anvil.ask("anvil_setBalance", signer.address().toHex(), wei);
    return signer;
  }

  /** An account's private key. */
  static Bytes32 key(String name) {
    return Keccak256.hash(name.getBytes(StandardCharsets.UTF_8));
  }

  /** A command's line, with what says the chain and an account. */
  List<String> signed(String account, String... command) {
    List<String> line = line(command);
    line.addAll(
        List.of(
            "--key-file",
            file(account).toString(),
            "--password-file",
            file("password").toString()));
    return line;
  }

  /** A command's line, with what says the chain. */
  List<String> line(String... command) {
    List<String> line = new ArrayList<>(List.of("chain"));
    line.addAll(List.of(command));
    line.addAll(
        List.of(
            "--json",
            "--rpc",
            anvil.address().toString(),
            "--deployment",
            file("deployment.json").toString()));
    return line;
  }

  /** The line that deploys. */
  List<String> deployment(String account) {
    return signed(
        account,
        "deploy",
        "--chain-id",
        Long.toString(Anvil.CHAIN_ID),
        "--parameters",
        file("parameters").toString());
  }

  @Override
  public void close() {
    anvil.close();
  }
}
