package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** UTF-8 in mapped memory. */
final class Utf8 {
  private Utf8() {}

  /** Decodes {@code bytes}; malformed sequences become U+FFFD. */
  static String decode(MemorySegment bytes) {
    return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Whether {@code bytes}, at most 2 GiB, is well-formed. */
  static boolean isValid(MemorySegment bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer input = bytes.asByteBuffer();
    CharBuffer discarded = CharBuffer.allocate(Math.clamp(bytes.byteSize(), 2, 4096));
    while (true) {
      CoderResult result = decoder.decode(input, discarded.clear(), true);
      if (!result.isOverflow()) {
        return result.isUnderflow();
      }
    }
  }
}
