package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads the fields of a file in order; whatever does not fit is a {@link MalformedGgufException}.
 */
final class GgufCursor {
  private static final int WINDOW_SIZE = 1 << 30;

  private final Path path;
  private final MemorySegment file;
  private final int windowSize;
  private long position;

  /** The part of the file from {@link #windowStart} on that numbers are read from. */
  private ByteBuffer window;

  private long windowStart;

  GgufCursor(Path path, MemorySegment file) {
    this(path, file, WINDOW_SIZE);
  }

  /**
   * A cursor that looks at a certain part of the file at a time.
   *
   * @param windowSize size of that part in bytes, at least 8
   */
  GgufCursor(Path path, MemorySegment file, int windowSize) {
    this.path = path;
    this.file = file;
    this.windowSize = windowSize;
    window = windowFrom(0);
  }

  Path path() {
    return path;
  }

  MemorySegment file() {
    return file;
  }

  /** Offset in bytes of the next field. */
  long position() {
    return position;
  }

  int int32(String field) {
    int at = inWindow(advance(Integer.BYTES, field), Integer.BYTES);
    return window.getInt(at);
  }

  long int64(String field) {
    int at = inWindow(advance(Long.BYTES, field), Long.BYTES);
    return window.getLong(at);
  }

  /** Where a number is in the window, which is moved if it is elsewhere. */
  private int inWindow(long at, int bytes) {
    if (at + bytes > windowStart + window.capacity()) {
      window = windowFrom(at);
      windowStart = at;
    }
    return (int) (at - windowStart);
  }

  private ByteBuffer windowFrom(long start) {
    return Numbers.buffer(file.asSlice(start, Math.min(windowSize, file.byteSize() - start)));
  }

  /** The next {@code bytes} bytes. */
  MemorySegment take(long bytes, String field) {
    return file.asSlice(advance(bytes, field), bytes);
  }

  /** The next {@code bytes} bytes, at most 2 GiB, as numbers. */
  ByteBuffer numbers(long bytes, String field) {
    return Numbers.buffer(take(bytes, field));
  }

  /**
   * Reads a 64-bit number of things, each of which takes at least {@code minBytes} of the rest of
   * the file: so no count can make the reader allocate more than the file's size warrants.
   */
  int count(String field, String limitName, int limit, int minBytes) {
    long at = position;
    long value = int64(field);
    requireAtMost(at, field, limitName, limit, value);
    requireAtMost(at, field, "what fits into the rest of the file", remaining() / minBytes, value);
    return (int) value;
  }

  /** Skips a string, whatever its bytes. */
  void skipString(String field, String limitName, int limit) {
    var _ = advance(count(field, limitName, limit, 1), field);
  }

  /** Reads the name of something, which has to be UTF-8. */
  String name(String field, int limit) {
    int size = count(field, "maxNameBytes", limit, 1);
    byte[] bytes = take(size, field).toArray(ValueLayout.JAVA_BYTE);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed(position - size, field + " is not UTF-8");
    }
  }

  /** Reads a string that has to be UTF-8. */
  MemorySegment utf8(String field, String limitName, int limit) {
    MemorySegment bytes = take(count(field, limitName, limit, 1), field);
    if (!Utf8.isValid(bytes)) {
      throw malformed(position - bytes.byteSize(), field + " is not UTF-8");
    }
    return bytes;
  }

  void requireAtMost(long at, String field, String limitName, long limit, long value) {
    if (Long.compareUnsigned(value, limit) > 0) {
      throw new GgufLimitException(path, at, field, limitName, limit, value);
    }
  }

  MalformedGgufException malformed(long at, String problem) {
    return new MalformedGgufException(path, at, problem);
  }

  private long remaining() {
    return file.byteSize() - position;
  }

  private long advance(long bytes, String field) {
    long at = position;
    if (bytes > remaining()) {
      throw new GgufLimitException(
          path, at, "size of " + field, "bytes left in the file", remaining(), bytes);
    }
    position += bytes;
    return at;
  }
}
