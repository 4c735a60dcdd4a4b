package dev.opml.vm.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Spells characters that are in no token: by the tokens of their bytes, or else by the unknown
 * token.
 */
final class ByteFallback {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  private final int[] byteTokens;
  private final boolean complete;
  private final int unknown;

  /**
   * Collects the byte tokens.
   *
   * @throws MalformedVocabularyException if some are missing and there is no unknown token either
   */
  ByteFallback(Vocabulary vocabulary) {
    byteTokens = new int[256];
    Arrays.fill(byteTokens, -1);
    int lastUnknown = -1;
    for (int id = 0; id < vocabulary.size(); id++) {
      switch (vocabulary.type(id)) {
        case BYTE -> byteTokens[byteOf(vocabulary, id)] = id;
        case UNKNOWN -> lastUnknown = id;
        default -> {}
      }
    }
    unknown = lastUnknown;
    complete = Arrays.stream(byteTokens).allMatch(id -> id >= 0);
    if (!complete && unknown < 0) {
      throw new MalformedVocabularyException(
          -1, "neither 256 byte tokens nor an unknown token: not every text can be encoded");
    }
  }

  /** The byte that the token {@code id}, of type BYTE, stands for. */
  static int byteOf(Vocabulary vocabulary, int id) {
    var matcher = BYTE.matcher(new String(vocabulary.text(id), StandardCharsets.UTF_8));
    if (!matcher.matches()) {
      throw new MalformedVocabularyException(id, "a byte token not written <0xXX>");
    }
    return Integer.parseInt(matcher.group(1), 16);
  }

  /** Appends the tokens of {@code text[from, to)}. */
  void emit(byte[] text, int from, int to, IntList ids) {
    if (!complete) {
      ids.add(unknown);
      return;
    }
    for (int i = from; i < to; i++) {
      ids.add(byteTokens[text[i] & 0xff]);
    }
  }
}
