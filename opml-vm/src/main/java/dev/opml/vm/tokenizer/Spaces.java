package dev.opml.vm.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text as SentencePiece writes it: UTF-8, with U+2581 for a space. */
final class Spaces {
  private static final byte[] MARK = "\u2581".getBytes(StandardCharsets.UTF_8);
  private static final byte[] REPLACEMENT = "\ufffd".getBytes(StandardCharsets.UTF_8);

  private Spaces() {}

  /**
   * UTF-8 of {@code text}; an unpaired surrogate becomes U+FFFD, not the question mark of the JDK.
   */
  static byte[] utf8(String text) {
    try {
      ByteBuffer bytes =
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .replaceWith(REPLACEMENT)
              .encode(CharBuffer.wrap(text));
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    } catch (CharacterCodingException e) {
      throw new AssertionError("a replacing encoder met an error", e);
    }
  }

  /** Copies {@code bytes[from, to)} with marks for spaces, after one more mark if asked for. */
  static byte[] escape(byte[] bytes, int from, int to, boolean prefix) {
    ByteArrayOutputStream escaped = new ByteArrayOutputStream(to - from + 16);
    if (prefix) {
      escaped.writeBytes(MARK);
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] == ' ') {
        escaped.writeBytes(MARK);
      } else {
        escaped.write(bytes[i]);
      }
    }
    return escaped.toByteArray();
  }

  /** The end of the marks from {@code from} on and of what is behind them, up to the next mark. */
  static int wordEnd(byte[] bytes, int from) {
    int at = from;
    while (isMark(bytes, at)) {
      at += MARK.length;
    }
    while (at < bytes.length && !isMark(bytes, at)) {
      at++;
    }
    return at;
  }

  private static boolean isMark(byte[] bytes, int at) {
    return at + MARK.length <= bytes.length
        && bytes[at] == MARK[0]
        && bytes[at + 1] == MARK[1]
        && bytes[at + 2] == MARK[2];
  }

  /** Copies {@code bytes} with spaces for marks. */
  static byte[] unescape(byte[] bytes) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; ) {
      if (isMark(bytes, i)) {
        text.write(' ');
        i += MARK.length;
      } else {
        text.write(bytes[i++]);
      }
    }
    return text.toByteArray();
  }
}
