package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class Keccak256Test {
  private static final String OWN_ANSWERS = "keccak-256-known-answers.tsv";
  private static final String SHARED_ANSWERS = "data/keccak/ShortMsgKAT_keccak_256.tsv";

  @Test
  void hash_ofTheEmptyMessage_isEthereumsAndNotSha3() {
    assertEquals(
        "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        Keccak256.hash(new byte[0]).toHex());
  }

  @Test
  void hash_ownKnownAnswers_match() throws IOException {
    List<String> lines;
    try (InputStream in = Keccak256Test.class.getResourceAsStream(OWN_ANSWERS)) {
      byte[] text = Objects.requireNonNull(in, OWN_ANSWERS).readAllBytes();
      lines = new String(text, StandardCharsets.US_ASCII).lines().skip(1).toList();
    }
    assertEquals(22, lines.size());
    for (String line : lines) {
      String[] fields = line.split("\t");
      byte[] message = new byte[Integer.parseInt(fields[0])];
      for (int i = 0; i < message.length; i++) {
        message[i] = (byte) (7 * i + message.length);
      }
      requireHash(fields[1], message);
    }
  }

  @Test
  void hash_sharedKnownAnswers_match() throws IOException {
    Path answers = shared().resolve(SHARED_ANSWERS);
    if (!Files.exists(answers)) {
      assertTrue(!"1".equals(System.getenv("OPML_REQUIRE_ALL")), "missing: " + answers);
      Assumptions.abort("shared test data is absent: " + answers);
    }
    int checked = 0;
    for (String line : Files.readAllLines(answers)) {
      String[] fields = line.split("\t");
      if (!line.startsWith("#")) {
        requireHash(fields[2], HexFormat.of().parseHex(fields[1]));
        checked++;
      }
    }
    assertEquals(255, checked);
  }

  private static Path shared() {
    String property = System.getProperty("OPML_SHARED", System.getenv("OPML_SHARED"));
    return property != null ? Path.of(property) : Path.of("..", "..", "shared");
  }

  private static void requireHash(String expected, byte[] message) {
    Bytes32 digest = Bytes32.fromHex(expected);
    assertEquals(digest, Keccak256.hash(message), message.length + " bytes");
    if (message.length == 64) {
      assertEquals(digest, Keccak256.node(Bytes32.read(message, 0), Bytes32.read(message, 32)));
    } else if (message.length == 128) {
      assertEquals(digest, Keccak256.leaf(message, 0));
    }
  }

  @Test
  void hash_ofAPart_isThatOfItsCopy() {
    byte[] message = noise(new Random(1), 600);
    assertEquals(
        Keccak256.hash(Arrays.copyOfRange(message, 3, 403)), Keccak256.hash(message, 3, 400));
    assertThrows(IndexOutOfBoundsException.class, () -> Keccak256.hash(message, 300, 301));
  }

  @Test
  void hash_everyLengthToThreeHundred_agreesWithBouncyCastleInParts() {
    byte[] message = noise(new Random(2), 300);
    for (int length = 0; length <= message.length; length++) {
      int cut = length * 5 / 7;
      byte[] expected =
          Naive.keccak(Arrays.copyOf(message, cut), Arrays.copyOfRange(message, cut, length));
      assertEquals(Bytes32.of(expected), Keccak256.hash(message, 0, length), length + " bytes");
    }
  }

  @Test
  void nodeLeafLeaves_randomMessages_agreeWithBouncyCastle() {
    for (long seed = 0; seed < 200; seed++) {
      byte[] message = noise(new Random(seed), 1 + 128 * 11);
      Bytes32[] leaves = Keccak256.leaves(MemorySegment.ofArray(message), 1, 11);
      for (int leaf = 0; leaf < leaves.length; leaf++) {
        int from = 1 + 128 * leaf;
        Bytes32 expected = Bytes32.of(Naive.keccak(Arrays.copyOfRange(message, from, from + 128)));
        assertEquals(expected, leaves[leaf], "seed " + seed + ", leaf " + leaf);
        assertEquals(expected, Keccak256.leaf(message, from), "seed " + seed);
      }
      assertEquals(
          Bytes32.of(Naive.keccak(Arrays.copyOf(message, 64))),
          Keccak256.node(Bytes32.read(message, 0), Bytes32.read(message, 32)),
          "seed " + seed);
    }
  }

  @Test
  void leaves_behindTheEnd_refuse() {
    MemorySegment data = MemorySegment.ofArray(new byte[300]);
    assertThrows(IndexOutOfBoundsException.class, () -> Keccak256.leaves(data, 45, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Keccak256.leaves(data, -1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> Keccak256.leaf(new byte[200], 73));
  }

  private static byte[] noise(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
