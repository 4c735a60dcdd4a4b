package dev.opml.vm.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Spells characters that are in no token, byte by byte: by the token of the byte, or else by the
 * token whose text is just this byte, as llama.cpp does. Bytes of a character that follow each
 * other and that no token spells are one unknown token.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp">llama.cpp,
 *     byte_to_token</a>
 */
final class ByteFallback {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");
  private static final int NONE = -1;

  /** The token that spells a byte, by byte; NONE if there is none. */
  private final int[] tokens = new int[256];

  private final int unknown;

  /**
   * Collects the tokens that spell bytes.
   *
   * @throws MalformedVocabularyException if some are missing and there is no unknown token either
   */
  ByteFallback(Vocabulary vocabulary, TokenTable table) {
    for (int b = 0; b < tokens.length; b++) {
      tokens[b] = table.find(new byte[] {(byte) b}, 0, 1);
    }
    int lastUnknown = NONE;
    for (int id = 0; id < vocabulary.size(); id++) {
      switch (vocabulary.kind(id)) {
        case BYTE -> tokens[byteOf(vocabulary, id)] = id;
        case UNKNOWN -> lastUnknown = id;
        case NORMAL, CONTROL, USER_DEFINED, UNUSED -> {}
      }
    }
    unknown = lastUnknown;
    if (unknown == NONE && Arrays.stream(tokens).anyMatch(id -> id == NONE)) {
      throw new MalformedVocabularyException(
          NONE, "neither 256 byte tokens nor an unknown token: not every text can be encoded");
    }
  }

  /** The byte that the token {@code id}, of type BYTE, stands for. */
  static int byteOf(Vocabulary vocabulary, int id) {
    var matcher = BYTE.matcher(new String(vocabulary.texts().get(id), StandardCharsets.UTF_8));
    if (!matcher.matches()) {
      throw new MalformedVocabularyException(id, "a byte token not written <0xXX>");
    }
    return Integer.parseInt(matcher.group(1), 16);
  }

  /** Appends the tokens of the character {@code text[from, to)}. */
  void emit(byte[] text, int from, int to, IntList ids) {
    boolean spelled = true;
    for (int i = from; i < to; i++) {
      int id = tokens[text[i] & 0xff];
      if (id != NONE) {
        ids.add(id);
      } else if (spelled) {
        ids.add(unknown);
      }
      spelled = id != NONE;
    }
  }
}
