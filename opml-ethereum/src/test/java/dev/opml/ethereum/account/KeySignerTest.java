package dev.opml.ethereum.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.ethereum.Tools;
import dev.opml.ethereum.rpc.Message;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySignerTest {
  private static final String KEY =
      "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  /** The example of the Web3 Secret Storage Definition, with PBKDF2. */
  private static final String KEYSTORE =
      """
      {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
      "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
      "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
      "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
      "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
      "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
      """;

  private static final String SECRET =
      "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

  @TempDir Path folder;

  private Path keystore(String content) throws Exception {
    return Files.writeString(folder.resolve("keystore.json"), content);
  }

  @Test
  void of_key_hasItsAccount() {
    KeySigner signer = KeySigner.of(Bytes32.fromHex(KEY));
    assertEquals(Address.fromHex("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"), signer.address());
    assertFalse(signer.toString().contains(KEY.substring(0, 8)));
  }

  @Test
  void of_numberThatIsNoKey_isRefused() {
    for (String hex :
        new String[] {
          "00".repeat(32), "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
        }) {
      assertThrows(IllegalArgumentException.class, () -> KeySigner.of(Bytes32.fromHex(hex)));
    }
  }

  @Test
  void fromKeystore_password_opensIt() throws Exception {
    KeySigner signer = KeySigner.fromKeystore(keystore(KEYSTORE), "testpassword");
    assertEquals(KeySigner.of(Bytes32.fromHex(SECRET)).address(), signer.address());
  }

  @Test
  void fromKeystore_wrong_isRefused() throws Exception {
    Path file = keystore(KEYSTORE);
    assertRefused(file, "anotherpassword");
    assertRefused(folder.resolve("missing.json"), "testpassword");
    for (String content :
        new String[] {
          "",
          "{}",
          "[]",
          "null",
          "{\"crypto\":{}}",
          KEYSTORE.replace(":3}", ":2}"),
          KEYSTORE.replace("pbkdf2", "x")
        }) {
      assertRefused(keystore(content), "testpassword");
    }
    assertRefused(keystore(" ".repeat(1 << 17) + KEYSTORE), "testpassword");
  }

  /** A file that somebody has taken for a keystore may be the key itself. */
  @Test
  void fromKeystore_bareKeyOrPhrase_isRefusedWithoutRepeatingIt() throws Exception {
    for (String content :
        new String[] {
          KEY,
          "0x" + KEY,
          '"' + KEY + '"',
          "abandon ability able",
          "{\"" + KEY,
          KEYSTORE.replace("hmac-sha256", KEY),
          KEYSTORE.replace("\"version\":3", "\"version\":\"" + KEY + '"'),
          KEYSTORE.replace("\"c\":262144", "\"c\":\"" + KEY + '"')
        }) {
      Path file = keystore(content);
      KeySigner.UnusableKeyException e = assertRefused(file, "testpassword");
      StringWriter all = new StringWriter();
      e.printStackTrace(new PrintWriter(all));
      assertFalse(all.toString().contains(KEY.substring(0, 8)), all::toString);
      assertFalse(all.toString().contains("abandon"), all::toString);
      assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": "), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"dklen\":32|\"dklen\":16",
        "\"dklen\":32|\"dklen\":2147483647",
        "\"dklen\":32|\"dklen\":-1",
        "\"c\":262144|\"c\":2147483647",
        "\"c\":262144|\"c\":0",
        "pbkdf2|scrypt",
        "\"c\":262144|\"n\":1073741824,\"r\":8,\"p\":1",
        "\"c\":262144|\"n\":67108864,\"r\":8,\"p\":1",
        "\"c\":262144|\"n\":2,\"r\":1073741824,\"p\":1",
        "\"c\":262144|\"n\":262144,\"r\":8,\"p\":17",
        "\"c\":262144|\"n\":262143,\"r\":8,\"p\":1",
        "\"c\":262144|\"n\":0,\"r\":0,\"p\":0"
      })
  void fromKeystore_costsBeyondLimits_isRefusedAtOnce(String change) throws Exception {
    String[] parts = change.split("\\|");
    String content = KEYSTORE.replace(parts[0], parts[1]);
    assertRefused(
        keystore(
            parts[1].contains("\"n\"")
                ? content.replace("pbkdf2", "scrypt").replace("\"prf\":\"hmac-sha256\",", "")
                : content),
        "testpassword");
  }

  @Test
  void fromKeystore_device_isRefused() {
    assertRefused(Path.of("/dev/zero"), "testpassword");
    assertRefused(folder, "testpassword");
  }

  private static KeySigner.UnusableKeyException assertRefused(Path file, String password) {
    return assertThrows(
        KeySigner.UnusableKeyException.class, () -> KeySigner.fromKeystore(file, password));
  }

  @Test
  void sign_transaction_isAsCastSignsIt() throws Exception {
    KeySigner signer = KeySigner.of(Bytes32.fromHex(KEY));
    Address to = Address.fromHex("00000000219ab540356cbb839cbe05303d7705fa");
    for (int nonce : new int[] {0, 1, 127, 128, 300}) {
      byte[] data = HexFormat.of().parseHex("3ccfd60b");
      Message message = Message.of(signer.address(), to, Wei.gwei(nonce), data);
      SignedTransaction signed =
          SignedTransaction.sign(
              new SignedTransaction.Content(
                  31337, nonce, new Fees(Wei.gwei(1), Wei.gwei(30)), 100_000, message),
              signer);
      String expected =
          Tools.cast(
              "mktx",
              "--private-key",
              "0x" + KEY,
              "--chain",
              "31337",
              "--nonce",
              "" + nonce,
              "--gas-limit",
              "100000",
              "--gas-price",
              "30gwei",
              "--priority-gas-price",
              "1gwei",
              "--value",
              nonce + "gwei",
              to.toHex(),
              "withdraw()");
      assertEquals(expected, "0x" + HexFormat.of().formatHex(signed.encoded()));
      assertEquals(Tools.cast("keccak", expected), signed.hash().toString());
    }
  }
}
