package dev.opml.ethereum.account;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Keys;
import org.web3j.crypto.Sign;
import org.web3j.crypto.Wallet;
import org.web3j.crypto.WalletFile;
import org.web3j.crypto.exception.CipherException;

/** Signs with a key that this process holds. */
public final class KeySigner implements Signer {
  /** 27 and 28 in the encoding of before EIP-155. */
  private static final int EVEN_Y = 27;

  private static final long MOST_KEYSTORE_BYTES = 1 << 16;

  private final ECKeyPair key;
  private final Address address;

  private KeySigner(ECKeyPair key) {
    this.key = key;
    this.address = Address.fromHex(Keys.getAddress(key));
  }

  /**
   * Signs with a private key.
   *
   * @throws IllegalArgumentException if it is 0, or not below the group's order
   */
  public static KeySigner of(Bytes32 privateKey) {
    BigInteger secret = new BigInteger(1, privateKey.toByteArray());
    if (secret.signum() == 0 || secret.compareTo(Sign.CURVE_PARAMS.getN()) >= 0) {
      throw new IllegalArgumentException("no private key of secp256k1");
    }
    return new KeySigner(ECKeyPair.create(secret));
  }

  /**
   * Signs with the key of a keystore file (version 3).
   *
   * @throws UnusableKeyException if the file cannot be read, is no keystore, or the password is
   *     another
   */
  public static KeySigner fromKeystore(Path file, String password) {
    try {
      if (Files.size(file) > MOST_KEYSTORE_BYTES) {
        throw new UnusableKeyException(file + " is too long for a keystore", null);
      }
      ObjectMapper json =
          new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
      WalletFile keystore = json.readValue(Files.readAllBytes(file), WalletFile.class);
      return new KeySigner(Wallet.decrypt(password, keystore));
    } catch (IOException | CipherException | IllegalArgumentException e) {
      throw new UnusableKeyException(file + ": " + e.getMessage(), e);
    } catch (NullPointerException e) {
      throw new UnusableKeyException(file + " lacks a part of a keystore", e);
    }
  }

  /** A key cannot be used. */
  public static final class UnusableKeyException extends OpmlException {
    private static final long serialVersionUID = 1L;

    UnusableKeyException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  @Override
  public Address address() {
    return address;
  }

  @Override
  public Signature sign(Bytes32 hash) {
    Sign.SignatureData signed = Sign.signMessage(hash.toByteArray(), key, false);
    return new Signature(
        Bytes32.of(signed.getR()), Bytes32.of(signed.getS()), signed.getV()[0] != EVEN_Y);
  }

  @Override
  public String toString() {
    return "key of " + address;
  }
}
