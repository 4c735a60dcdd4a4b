package dev.opml.examples.demo;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.Sending;
import dev.opml.ethereum.Wallet;
import dev.opml.ethereum.account.KeySigner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Money that is lent to new accounts. Their keys are in a file, which only its owner can read, from
 * before the first loan until all is returned. Not thread-safe.
 */
final class Loans {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;

  /** The accounts that may have something. */
  private final Map<Address, Wallet> open = new LinkedHashMap<>();

  private Loans(Path file) {
    this.file = file;
  }

  /** Money is still with accounts. */
  static final class LoanNotReturnedException extends OpmlException {
    private static final long serialVersionUID = 1L;

    LoanNotReturnedException(Path file, Map<Address, String> accounts) {
      super(
          "not returned, with keys in %s: %s"
              .formatted(
                  file,
                  accounts.entrySet().stream()
                      .map(it -> it.getKey() + " (" + it.getValue() + ")")
                      .collect(Collectors.joining(", "))));
    }
  }

  /**
   * Makes accounts, and writes down their keys.
   *
   * @param folder of the file
   * @param accounts to be filled with the accounts that are made
   * @param count how many
   * @throws IOException if the keys cannot be written
   */
  static Loans prepare(Path folder, int count, List<KeySigner> accounts) throws IOException {
    Path file = Files.createTempFile(folder, "opml-loans-", ".keys"); // its owner's only
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      byte[] random = new byte[Bytes32.SIZE];
      RANDOM.nextBytes(random);
      Bytes32 key = Bytes32.of(random);
      KeySigner account = KeySigner.of(key); // one that is no key does not come up
      accounts.add(account);
      text.append(account.address()).append(' ').append(key.toHex()).append('\n');
    }
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return new Loans(file);
  }

  /** The file with the keys. */
  Path file() {
    return file;
  }

  /**
   * Lends each account an amount, and waits until all have it.
   *
   * @param wallets of the accounts
   * @throws OpmlException if one does not get it; then some may
   */
  void lend(Wallet from, Wei amount, Map<Address, Wallet> wallets) {
    List<RuntimeException> failures = new ArrayList<>();
    List<Sending> sent = new ArrayList<>();
    for (Map.Entry<Address, Wallet> account : wallets.entrySet()) {
      try {
        sent.add(from.pay(account.getKey(), amount));
        open.put(account.getKey(), account.getValue());
      } catch (RuntimeException e) {
        failures.add(e);
        break; // nothing was sent to it, and the next would not do better
      }
    }
    for (Sending each : sent) {
      try {
        from.await(each, Arbiter.PATIENCE);
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      RuntimeException first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  /**
   * Lets each account pay back what it has left, but for the price of that. All are sent before the
   * first is waited for.
   *
   * @throws LoanNotReturnedException if one does not, or has nothing yet
   * @throws IOException if all is returned, but the file cannot be deleted
   */
  void takeBack(Address to) throws IOException {
    Map<Address, String> failures = new LinkedHashMap<>();
    Map<Address, Runnable> waits = new LinkedHashMap<>();
    open.forEach((account, wallet) -> {
      try {
        Optional<Sending> sending = wallet.payAll(to);
        if (sending.isPresent()) {
          waits.put(account, () -> wallet.await(sending.get(), Arbiter.PATIENCE));
        } else if (wallet.balance().isZero()) {
          failures.put(account, "it has nothing yet");
        }
      } catch (RuntimeException e) {
        failures.put(account, String.valueOf(e.getMessage()));
      }
    });
    waits.forEach((account, wait) -> {
      try {
        wait.run();
      } catch (RuntimeException e) {
        failures.put(account, String.valueOf(e.getMessage()));
      }
    });
    open.clear();
    if (!failures.isEmpty()) {
      throw new LoanNotReturnedException(file, failures);
    }
    Files.deleteIfExists(file);
  }
}
