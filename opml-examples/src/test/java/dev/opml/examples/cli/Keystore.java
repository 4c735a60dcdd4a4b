package dev.opml.examples.cli;

import dev.opml.api.Bytes32;
import dev.opml.merkle.Keccak256;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Keystores of version 3 that are opened at once: one round instead of many thousands. */
final class Keystore {
  private static final int HALF = 16;

  private Keystore() {}

  static Path write(Path file, Bytes32 key, String password) throws Exception {
    byte[] salt = new byte[Bytes32.SIZE];
    byte[] derived = derived(password, salt);
    byte[] iv = new byte[HALF];
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(derived, 0, HALF, "AES"), new IvParameterSpec(iv));
    byte[] text = cipher.doFinal(key.toByteArray());
    byte[] authenticated =
        ByteBuffer.allocate(HALF + text.length)
            .put(Arrays.copyOfRange(derived, HALF, 2 * HALF))
            .put(text)
            .array();
    return Files.writeString(
        file,
        """
        {"version":3,"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","crypto":{"cipher":"aes-128-ctr",
        "cipherparams":{"iv":"%s"},"ciphertext":"%s","kdf":"pbkdf2",
        "kdfparams":{"c":1,"dklen":32,"prf":"hmac-sha256","salt":"%s"},"mac":"%s"}}
        """
            .formatted(
                hex(iv), hex(text), hex(salt), hex(Keccak256.hash(authenticated).toByteArray())));
  }

  private static byte[] derived(String password, byte[] salt) throws GeneralSecurityException {
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 1, 256))
        .getEncoded();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
