package dev.opml.vm.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random vocabularies that lack byte tokens, and have pieces that start and end inside characters:
 * no byte of a text is lost or invented, but for those that no token can spell, and spaces, which
 * stand before and between pieces.
 */
class ByteSurvivalTest {
  private static final int VOCABULARIES = 400;
  private static final int TEXTS = 20;
  private static final int UNKNOWN = 0;

  /** Some share their first bytes, also with the mark for a space. */
  private static final List<String> CHARACTERS =
      List.of("a", "b", " ", "\n", "\0", "é", "è", "█", "€", "🦙", "🦊", "\uffff");

  @TempDir Path directory;

  @Test
  void encode_randomVocabularies_keepsTheBytes() {
    long seed = new Random().nextLong();
    for (int i = 0; i < VOCABULARIES; i++, seed++) {
      Random random = new Random(seed);
      Set<Byte> missing = new HashSet<>();
      boolean prefix = random.nextBoolean();
      Tokenizer tokenizer = vocabulary(random, prefix, missing).tokenizer(directory);
      for (int t = 0; t < TEXTS; t++) {
        String text = text(random);
        check(tokenizer, text, prefix, missing, "seed " + seed + ": " + text);
      }
    }
  }

  private static TestVocabulary vocabulary(Random random, boolean prefix, Set<Byte> missing) {
    TestVocabulary vocabulary = new TestVocabulary().normal("▁", -1);
    if (!prefix) {
      vocabulary.withoutSpacePrefix();
    }
    int share = random.nextInt(3) * random.nextInt(128);
    for (int b = 0; b < 256; b++) {
      if (random.nextInt(256) < share) {
        missing.add((byte) b);
      } else {
        vocabulary.byteToken(b);
      }
    }
    for (int pieces = random.nextInt(12); pieces > 0; pieces--) {
      byte[] text = text(random).getBytes(StandardCharsets.UTF_8);
      int from = random.nextInt(text.length);
      int length = 1 + random.nextInt(Math.min(6, text.length - from));
      byte[] piece = Arrays.copyOfRange(text, from, from + length);
      vocabulary.add(piece, random.nextInt(5), List.of(1, 1, 4, 5).get(random.nextInt(4)));
      if (length == 1) {
        missing.remove(piece[0]);
      }
    }
    return vocabulary;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(12); n > 0; n--) {
      text.append(CHARACTERS.get(random.nextInt(CHARACTERS.size())));
    }
    return text.toString();
  }

  private static void check(
      Tokenizer tokenizer, String text, boolean prefix, Set<Byte> missing, String what) {
    TokenIds ids = tokenizer.encode(text);
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    ids.stream().forEach(id -> pieces.writeBytes(tokenizer.pieceBytes(id)));
    byte[] kept = withoutSpaces(pieces.toByteArray());
    byte[] all = withoutSpaces(text.getBytes(StandardCharsets.UTF_8));
    int next = 0;
    int lost = 0;
    for (byte b : all) {
      if (next < kept.length && kept[next] == b) {
        next++;
      } else {
        assertTrue(missing.contains(b), what + ": lost byte " + (b & 0xff));
        lost++;
      }
    }
    assertEquals(kept.length, next, what + ": invented bytes");
    long unknown = ids.stream().filter(id -> id == UNKNOWN).count();
    assertTrue(unknown <= lost && unknown > 0 == lost > 0, what + ": " + unknown + " unknown");
    if (lost == 0 && !prefix) {
      assertEquals(text, tokenizer.decode(ids), what);
    }
  }

  private static byte[] withoutSpaces(byte[] bytes) {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    for (byte b : bytes) {
      if (b != ' ') {
        rest.write(b);
      }
    }
    return rest.toByteArray();
  }
}
