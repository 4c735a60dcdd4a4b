package dev.opml.vm.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

  /** Copies {@code bytes} with spaces for marks. */
  static byte[] unescape(byte[] bytes) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; ) {
      if (Arrays.equals(bytes, i, Math.min(i + MARK.length, bytes.length), MARK, 0, MARK.length)) {
        text.write(' ');
        i += MARK.length;
      } else {
        text.write(bytes[i++]);
      }
    }
    return text.toByteArray();
  }
}
