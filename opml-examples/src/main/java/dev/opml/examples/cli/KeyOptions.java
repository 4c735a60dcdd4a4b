package dev.opml.examples.cli;

import dev.opml.dispute.Wei;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.KeySigner;
import dev.opml.ethereum.account.Signer;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** An account that sends transactions. */
final class KeyOptions {
  private static final int MOST_PASSWORD_BYTES = 1 << 16;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Keystore of the account's key (version 3, as geth and cast write it).")
  private @Nullable Path keyFile;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Text file with the keystore's password; a line break at its end is not of it.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--gas-cap",
      paramLabel = "GWEI",
      description = "Most that is offered for a unit of gas; default 500.")
  private @Nullable Long gasCap;

  /** Whether any of them was given. */
  boolean given() {
    return keyFile != null || passwordFile != null || gasCap != null;
  }

  /** Opens the keystore. */
  Signer signer(Subcommand command) throws IOException {
    if (keyFile == null || passwordFile == null) {
      throw command.usage("--key-file and --password-file are needed: something is to be signed");
    }
    String password = TextFile.read(passwordFile, MOST_PASSWORD_BYTES).replaceFirst("\\R\\z", "");
    return KeySigner.fromKeystore(keyFile, password);
  }

  /** Limits of the price of gas. */
  FeePolicy fees(Subcommand command) {
    FeePolicy usual = FeePolicy.DEFAULT;
    Long cap = gasCap;
    return cap == null
        ? usual
        : command.checked(
            "--gas-cap",
            () ->
                new FeePolicy(
                    usual.tip().min(Wei.gwei(cap)), Wei.gwei(cap), usual.bump(), usual.patience()));
  }
}
