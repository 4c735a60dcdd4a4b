package dev.opml.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.ethereum.Wallet;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.account.KeySigner;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.examples.cli.TestChain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoansTest {
  private static final int ACCOUNTS = 3;
  private static final Wei LENT = Wei.ether(1);

  @TempDir private Path folder;

  private final KeySigner payer = KeySigner.of(new Bytes32(1, 2, 3, 4));
  private final Address back = Address.named("back");
  private final List<KeySigner> accounts = new ArrayList<>();

  private static Wallet wallet(Anvil anvil, KeySigner account) {
    return new Wallet(Anvil.CHAIN_ID, List.of(anvil.endpoint()), account, FeePolicy.DEFAULT);
  }

  private static Wei balance(Anvil anvil, Address account) throws Exception {
    String hex = anvil.ask("eth_getBalance", account.toHex(), "latest").asText();
    return new Wei(new java.math.BigInteger(hex.substring(2), 16));
  }

  /** Lends to each account, of a payer that has some money. */
  private void lend(Anvil anvil, Loans loans, Wei money) throws Exception {
    String wei = "0x" + money.amount().toString(16);
    var _ = anvil.ask("anvil_setBalance", payer.address().toHex(), wei);
    Map<Address, Wallet> wallets = new LinkedHashMap<>();
    accounts.forEach(it -> wallets.put(it.address(), wallet(anvil, it)));
    loans.lend(wallet(anvil, payer), LENT, wallets);
  }

  @Test
  void takeBack_allLent_returnsItAndDeletesTheKeys() throws Exception {
    try (Anvil anvil = Anvil.start(TestChain.program())) {
      Loans loans = Loans.prepare(folder, ACCOUNTS, accounts);
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(loans.file())));
      String keys = Files.readString(loans.file());
      for (KeySigner account : accounts) {
        String line =
            keys.lines().filter(it -> it.startsWith(account.address().toHex())).findFirst().get();
        Bytes32 key = Bytes32.fromHex(line.substring(line.indexOf(' ') + 1));
        assertEquals(account.address(), KeySigner.of(key).address());
      }
      lend(anvil, loans, Wei.ether(10));
      loans.takeBack(back);
      assertTrue(Wei.gwei(2_900_000_000L).isLessThan(balance(anvil, back)));
      assertFalse(Files.exists(loans.file()));
    }
  }

  @Test
  void lend_oneIsRefused_theOthersAreReturned() throws Exception {
    try (Anvil anvil = Anvil.start(TestChain.program())) {
      Loans loans = Loans.prepare(folder, ACCOUNTS, accounts);
      String refuses = accounts.getLast().address().toHex();
      var _ = anvil.ask("anvil_setCode", refuses, "0xfe");
      assertThrows(OpmlException.class, () -> lend(anvil, loans, Wei.ether(10)));
      loans.takeBack(back);
      assertTrue(Wei.gwei(1_900_000_000L).isLessThan(balance(anvil, back)));
      assertFalse(Files.exists(loans.file()));
    }
  }

  @Test
  void takeBack_oneAccountFails_theOthersReturnAndItIsTold() throws Exception {
    try (Anvil anvil = Anvil.start(TestChain.program());
        Anvil dead = Anvil.start(TestChain.program())) {
      Loans loans = Loans.prepare(folder, ACCOUNTS, accounts);
      String wei = "0x" + Wei.ether(10).amount().toString(16);
      var _ = anvil.ask("anvil_setBalance", payer.address().toHex(), wei);
      Map<Address, Wallet> wallets = new LinkedHashMap<>();
      accounts.forEach(
          it -> wallets.put(it.address(), wallet(wallets.isEmpty() ? dead : anvil, it)));
      loans.lend(wallet(anvil, payer), LENT, wallets);
      dead.close();
      OpmlException e = assertThrows(OpmlException.class, () -> loans.takeBack(back));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains(accounts.getFirst().address().toHex()), message);
      assertFalse(message.contains(accounts.getLast().address().toHex()), message);
      assertTrue(message.contains(loans.file().toString()), message);
      assertTrue(Files.exists(loans.file()));
      assertTrue(Wei.gwei(1_900_000_000L).isLessThan(balance(anvil, back)));
    }
  }
}
