package dev.opml.ethereum.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import java.io.IOException;
import java.io.InputStream;
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

  private static final int MOST_KEYSTORE_BYTES = 1 << 16;

  /** Bytes that scrypt takes for each unit of n times r. */
  private static final long SCRYPT_BLOCK_BYTES = 128;

  private static final long MOST_SCRYPT_BYTES = 1L << 30;
  private static final int MOST_SCRYPT_PARALLEL = 16;
  private static final int MOST_ROUNDS = 10_000_000;

  private static final String NO_KEYSTORE = ": is no keystore of version 3";

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
   * Signs with the key of a keystore file (version 3) whose costs are within limits: scrypt with
   * {@code 128 * r * n} of at most 1 GiB and {@code p} of at most 16, or PBKDF2 with at most 10
   * million rounds. No error repeats what is in the file, which may be a bare key by mistake.
   *
   * @throws UnusableKeyException if the file cannot be read, is no regular file or no keystore,
   *     costs more, or the password is another
   */
  public static KeySigner fromKeystore(Path file, String password) {
    WalletFile keystore = read(file);
    try {
      requireAffordable(file, keystore.getCrypto());
      return new KeySigner(Wallet.decrypt(password, keystore));
    } catch (UnusableKeyException e) {
      throw e;
    } catch (CipherException _) {
      throw new UnusableKeyException(
          file + ": another password, or no keystore of version 3 that is known here", null);
    } catch (RuntimeException _) {
      throw new UnusableKeyException(file + NO_KEYSTORE, null);
    }
  }

  private static WalletFile read(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new UnusableKeyException(file + ": is not a regular file", null);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(MOST_KEYSTORE_BYTES + 1);
        if (bytes.length > MOST_KEYSTORE_BYTES) {
          throw new UnusableKeyException(file + ": is too long for a keystore", null);
        }
        ObjectMapper json =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        WalletFile keystore = json.readValue(bytes, WalletFile.class);
        if (keystore != null) {
          return keystore;
        }
      }
    } catch (JsonProcessingException _) {
      // Its message repeats the text that it does not understand.
    } catch (IOException e) {
      throw new UnusableKeyException(file + ": " + e.getMessage(), e);
    }
    throw new UnusableKeyException(file + NO_KEYSTORE, null);
  }

  private static void requireAffordable(Path file, WalletFile.Crypto crypto) {
    Object costs = crypto.getKdfparams(); // its type is hidden
    boolean affordable =
        switch (costs) {
          case WalletFile.ScryptKdfParams it ->
              it.getDklen() == Bytes32.SIZE
                  && it.getN() > 1
                  && Integer.bitCount(it.getN()) == 1
                  && it.getR() >= 1
                  && (long) it.getN() * it.getR() <= MOST_SCRYPT_BYTES / SCRYPT_BLOCK_BYTES
                  && it.getP() >= 1
                  && it.getP() <= MOST_SCRYPT_PARALLEL;
          case WalletFile.Aes128CtrKdfParams it ->
              it.getDklen() == Bytes32.SIZE && it.getC() >= 1 && it.getC() <= MOST_ROUNDS;
          case null, default -> false;
        };
    if (!affordable) {
      throw new UnusableKeyException(file + ": kdfparams are missing or beyond limits", null);
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
