package dev.opml.api.inference;

import dev.opml.api.TokenIds;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes tokens as they come. A character whose bytes are in several tokens is held back until it
 * is whole. Malformed bytes become U+FFFD. All that it returns, joined, is what {@link
 * Tokenizer#decode} makes of all its tokens. Not thread-safe.
 */
public final class Detokenizer {
  private static final int LONGEST_CHARACTER = 4;

  private final Tokenizer tokenizer;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  private byte[] held = {};

  /** Whether a space that comes next is the one that the encoder puts before a text. */
  private boolean skipsSpace;

  /** Starts a text of its own. */
  public Detokenizer(Tokenizer tokenizer) {
    this(tokenizer, TokenIds.EMPTY);
  }

  /** Starts the text that continues {@code prompt}, which may be one of control tokens only. */
  public Detokenizer(Tokenizer tokenizer, TokenIds prompt) {
    this.tokenizer = tokenizer;
    this.skipsSpace =
        tokenizer.addsSpace()
            && prompt.stream().allMatch(id -> tokenizer.pieceBytes(id).length == 0);
  }

  /**
   * Takes the next token and returns the characters that are whole now, perhaps none.
   *
   * @throws IndexOutOfBoundsException if {@code id} is not in the vocabulary
   */
  public String push(int id) {
    byte[] bytes = tokenizer.pieceBytes(id);
    int from = skipsSpace && bytes.length > 0 && bytes[0] == ' ' ? 1 : 0;
    skipsSpace &= bytes.length == 0;
    return decode(bytes, from, false);
  }

  /** Ends the text: a character that is still not whole is U+FFFD. It cannot be used afterwards. */
  public String end() {
    return decode(new byte[0], 0, true);
  }

  private String decode(byte[] bytes, int from, boolean last) {
    ByteBuffer in =
        ByteBuffer.allocate(held.length + bytes.length)
            .put(held)
            .put(bytes, from, bytes.length - from)
            .flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + LONGEST_CHARACTER);
    decoder.decode(in, out, last);
    held = new byte[in.remaining()];
    in.get(held);
    return out.flip().toString();
  }
}
