package dev.opml.merkle.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every width against the scalar kernel, which {@code Keccak256Test} compares with BouncyCastle.
 */
class KeccakLanesTest {
  private static final int OFFSET = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void hashNodes_anyWidth_equalsScalar(int lanes) throws Throwable {
    KeccakLanes kernel = kernel(lanes);
    for (long seed = 0; seed < 40; seed++) {
      long[][] messages = messages(seed, lanes, KeccakLanes.NODE_WORDS);
      long[] out = new long[OFFSET + KeccakLanes.DIGEST_WORDS * lanes];
      kernel.hashNodes(sliced(messages, KeccakLanes.NODE_WORDS), OFFSET, out, OFFSET);
      requireDigests(messages, KeccakLanes.NODE_WORDS, out, seed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void hashLeaves_anyWidthInPlace_equalsScalar(int lanes) throws Throwable {
    KeccakLanes kernel = kernel(lanes);
    for (long seed = 0; seed < 40; seed++) {
      long[][] messages = messages(seed, lanes, KeccakLanes.LEAF_WORDS);
      long[] buffer = sliced(messages, KeccakLanes.LEAF_WORDS);
      kernel.hashLeaves(buffer, OFFSET, buffer, OFFSET);
      requireDigests(messages, KeccakLanes.LEAF_WORDS, buffer, seed);
    }
  }

  /**
   * A kernel of a width of its own: the width is a constant of the class, so the class is defined
   * again.
   */
  static KeccakLanes kernel(int lanes) throws Throwable {
    if (lanes == 1) {
      return ScalarKeccak.INSTANCE;
    }
    byte[] code;
    try (InputStream in = VectorKeccak.class.getResourceAsStream("VectorKeccak.class")) {
      code = Objects.requireNonNull(in).readAllBytes();
    }
    String before = System.getProperty(KeccakProvider.LANES_PROPERTY);
    System.setProperty(KeccakProvider.LANES_PROPERTY, Integer.toString(lanes));
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(code, true);
      KeccakLanes kernel =
          (KeccakLanes)
              lookup
                  .findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                  .invoke();
      assertEquals(lanes, kernel.lanes());
      return kernel;
    } finally {
      if (before == null) {
        System.clearProperty(KeccakProvider.LANES_PROPERTY);
      } else {
        System.setProperty(KeccakProvider.LANES_PROPERTY, before);
      }
    }
  }

  private static long[][] messages(long seed, int lanes, int words) {
    Random random = new Random(seed);
    long[][] messages = new long[lanes][words];
    for (long[] message : messages) {
      for (int word = 0; word < words; word++) {
        message[word] =
            switch (random.nextInt(4)) {
              case 0 -> 0;
              case 1 -> -1;
              default -> random.nextLong();
            };
      }
    }
    return messages;
  }

  private static long[] sliced(long[][] messages, int words) {
    long[] buffer = new long[OFFSET + words * messages.length];
    for (int lane = 0; lane < messages.length; lane++) {
      for (int word = 0; word < words; word++) {
        buffer[OFFSET + word * messages.length + lane] = messages[lane][word];
      }
    }
    return buffer;
  }

  private static void requireDigests(long[][] messages, int words, long[] out, long seed) {
    int lanes = messages.length;
    for (int lane = 0; lane < lanes; lane++) {
      long[] expected = new long[KeccakLanes.DIGEST_WORDS];
      if (words == KeccakLanes.NODE_WORDS) {
        ScalarKeccak.INSTANCE.hashNodes(messages[lane], 0, expected, 0);
      } else {
        ScalarKeccak.INSTANCE.hashLeaves(messages[lane], 0, expected, 0);
      }
      long[] actual = new long[KeccakLanes.DIGEST_WORDS];
      for (int word = 0; word < actual.length; word++) {
        actual[word] = out[OFFSET + word * lanes + lane];
      }
      assertArrayEquals(expected, actual, "seed " + seed + ", lane " + lane + " of " + lanes);
    }
  }
}
