package dev.opml.ethereum;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Choices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Requests at and around every limit, and headers whose limits are near them. About half of them
 * are valid.
 */
final class RandomRawRequests {
  private static final int ONE = Float.floatToRawIntBits(1);

  /** Ends of the ranges of floats, and their neighbours. */
  private static final int[] FLOATS = {
    0,
    1,
    0x3bffffff,
    0x3c000000,
    0x3c000001,
    0x3f7fffff,
    ONE,
    0x3f800001,
    0x42ffffff,
    0x43000000,
    0x43000001,
    0x7f7fffff,
    0x7f800000,
    0x7f800001,
    0x7fc00000,
    0x7fffffff
  };

  private static final int[] INTS = {
    0, 1, 2, 3, 1 << 22, (1 << 22) - 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1
  };

  private final Random random;
  final RawRequest request = new RawRequest();
  final GraphHeader header;

  private final int vocabulary;
  private final TokenIds stops;

  RandomRawRequests(Random random) {
    this.random = random;
    vocabulary = oneIn(8) ? Integer.MAX_VALUE - random.nextInt(2) : 1 + random.nextInt(200);
    stops = TokenIds.of(random.ints(random.nextInt(17), 0, anyStop()).toArray());
    boolean bytes = oneIn(5);
    sampling(bytes);
    request.seed = random.nextLong();
    request.stopPolicy = random.nextInt(2);
    request.prompt = bytes ? bytes(1 + random.nextInt(400)) : ids(1 + random.nextInt(150));
    request.maxNewTokens = bytes ? 1 : newTokens();
    if (!bytes && random.nextBoolean()) {
      choices();
    }
    int inputBytes = bytes ? request.prompt.length : 0;
    if (bytes && oneIn(10)) {
      request.prompt = bytes(Math.max(0, inputBytes + random.nextInt(9) - 4));
    }
    for (int i = oneIn(2) ? 0 : 1 + random.nextInt(2); i > 0; i--) {
      spoil();
    }
    header = header(bytes, inputBytes);
  }

  /** Every edge of a parameter of sampling. */
  static int[] edges() {
    return IntStream.concat(
            Arrays.stream(INTS),
            Arrays.stream(FLOATS).flatMap(bits -> IntStream.of(bits, bits | 1 << 31)))
        .distinct()
        .toArray();
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private int anyStop() {
    return oneIn(2) ? vocabulary : (int) Math.min(Integer.MAX_VALUE, 100L * vocabulary);
  }

  private int newTokens() {
    return switch (random.nextInt(5)) {
      case 0 -> INTS[random.nextInt(INTS.length)];
      case 1 -> 1 + random.nextInt(1 << 22);
      default -> 1 + random.nextInt(2000);
    };
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] ids(int count) {
    return RawRequest.packed(random.ints(count, 0, vocabulary).toArray());
  }

  private void sampling(boolean bytes) {
    int[] s = request.sampling;
    s[RawRequest.TEMPERATURE] = oneIn(2) ? 0 : between(0x3c000000, 0x43000000);
    s[RawRequest.TOP_K] = oneIn(2) ? 0 : random.nextInt(Integer.MAX_VALUE);
    s[RawRequest.TOP_P] = oneIn(2) ? ONE : between(1, ONE);
    s[RawRequest.MIN_P] = oneIn(2) ? 0 : between(0, ONE - 1);
    s[RawRequest.REPEAT] = ONE;
    if (!bytes && oneIn(2)) {
      s[RawRequest.WINDOW] = 1 + random.nextInt(Integer.MAX_VALUE);
      s[RawRequest.REPEAT] = between(0x3c000000, 0x43000000);
      s[RawRequest.PRESENCE] = oneIn(2) ? 0 : between(1, 0x43000000) | sign();
      s[RawRequest.FREQUENCY] = oneIn(2) ? 0 : between(1, 0x43000000) | sign();
    }
  }

  private int sign() {
    return random.nextInt(2) << 31;
  }

  private int between(int least, int most) {
    return switch (random.nextInt(4)) {
      case 0 -> least;
      case 1 -> most;
      default -> random.nextInt(least, most + 1);
    };
  }

  /** Many of the same few ids, so that one often begins another. */
  private void choices() {
    int kinds = Math.min(vocabulary, 1 + random.nextInt(oneIn(2) ? 4 : 200));
    int longest = 1 + random.nextInt(oneIn(10) ? 300 : 20);
    int count = 1 + random.nextInt(oneIn(10) ? 300 : 12);
    boolean sameLength = oneIn(3);
    List<TokenIds> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = sameLength ? longest : 1 + random.nextInt(longest);
      TokenIds choice = TokenIds.of(random.ints(length, 0, kinds).toArray());
      if (!oneIn(30) && begins(list, choice)) {
        continue;
      }
      list.add(choice);
    }
    put(list);
  }

  private void put(List<TokenIds> list) {
    int[] words =
        list.stream()
            .flatMapToInt(choice ->
                java.util.stream.IntStream.concat(
                    java.util.stream.IntStream.of(choice.size()), choice.stream()))
            .toArray();
    request.choices = RawRequest.packed(words);
    request.maxNewTokens = list.stream().mapToInt(TokenIds::size).max().orElse(0);
  }

  private static boolean begins(List<TokenIds> list, TokenIds choice) {
    return list.stream()
        .anyMatch(other -> {
          int common = Math.min(other.size(), choice.size());
          return other.slice(0, common).equals(choice.slice(0, common));
        });
  }

  private void spoil() {
    switch (random.nextInt(12)) {
      case 0 ->
          request.sampling[random.nextInt(8)] = FLOATS[random.nextInt(FLOATS.length)] | sign();
      case 1 -> request.sampling[random.nextInt(8)] = random.nextInt();
      case 2 -> request.maxNewTokens = INTS[random.nextInt(INTS.length)];
      case 3 -> request.maxNewTokens += random.nextInt(3) - 1;
      case 4 -> request.stopPolicy = random.nextInt(256);
      case 5 -> request.prompt = cut(request.prompt);
      case 6 -> request.choices = cut(request.choices);
      case 7 -> request.prompt = withWord(request.prompt);
      case 8, 9 -> request.choices = withWord(request.choices);
      case 10 -> wide();
      default -> request.sampling[RawRequest.WINDOW] = INTS[random.nextInt(INTS.length)];
    }
  }

  /** Choices of about as many words as there may be. */
  private void wide() {
    int words = Choices.MAX_WORDS + random.nextInt(3) - 1;
    if (!oneIn(20)) {
      return;
    }
    if (vocabulary > words) {
      put(IntStream.range(0, (words + 1) / 2).mapToObj(TokenIds::of).toList());
      return;
    }
    int first = 1 + random.nextInt(words - 2);
    put(
        List.of(
            TokenIds.of(random.ints(first, 0, vocabulary).toArray()),
            TokenIds.of(random.ints(words - first - 2, 0, vocabulary).toArray())));
  }

  private byte[] cut(byte[] bytes) {
    return Arrays.copyOf(bytes, Math.max(0, bytes.length + random.nextInt(17) - 8));
  }

  private byte[] withWord(byte[] bytes) {
    int[] words = RawRequest.unpacked(bytes);
    if (words.length == 0) {
      return RawRequest.packed(random.nextInt(3));
    }
    words[random.nextInt(words.length)] =
        switch (random.nextInt(5)) {
          case 0 -> vocabulary;
          case 1 -> vocabulary - 1;
          case 2 -> random.nextInt();
          case 3 -> stops.size() == 0 ? 0 : stops.get(random.nextInt(stops.size()));
          default -> INTS[random.nextInt(INTS.length)];
        };
    return RawRequest.packed(words);
  }

  /** Limits that the request keeps, or just not. */
  private GraphHeader header(boolean bytes, int inputBytes) {
    int positions = bytes ? 1 : request.prompt.length / 4;
    long tokens = positions + Integer.toUnsignedLong(request.maxNewTokens);
    long context =
        switch (random.nextInt(8)) {
          case 0 -> tokens;
          case 1 -> tokens - 1;
          default -> tokens + random.nextInt(100_000);
        };
    long longest = (1L << 40) / Math.max(1, tokens - 1);
    long nodes =
        switch (random.nextInt(4)) {
          case 0, 1 -> 1 + random.nextInt(100);
          case 2 -> longest + random.nextInt(3) - 1;
          default -> longest + random.nextInt(Integer.MAX_VALUE);
        };
    return new GraphHeader(
        1 + random.nextInt(3),
        oneIn(4) ? GraphMode.SINGLE_PHASE : GraphMode.ROW_PER_NODE,
        (int) Math.clamp(nodes, 1, Integer.MAX_VALUE),
        vocabulary,
        (int) Math.clamp(context, 2, Integer.MAX_VALUE),
        inputBytes,
        stops);
  }
}
