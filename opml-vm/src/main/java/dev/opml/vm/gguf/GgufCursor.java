package dev.opml.vm.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Reads the fields of a file in order; whatever does not fit is a {@link MalformedGgufException}.
 */
final class GgufCursor {
  private final Path path;
  private final MemorySegment file;
  private long position;

  GgufCursor(Path path, MemorySegment file) {
    this.path = path;
    this.file = file;
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
    return file.get(LittleEndian.INT, advance(Integer.BYTES, field));
  }

  long int64(String field) {
    return file.get(LittleEndian.LONG, advance(Long.BYTES, field));
  }

  /** The next {@code bytes} bytes. */
  MemorySegment take(long bytes, String field) {
    return file.asSlice(advance(bytes, field), bytes);
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
