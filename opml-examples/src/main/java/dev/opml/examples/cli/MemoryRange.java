package dev.opml.examples.cli;

import dev.opml.vm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Words of memory.
 *
 * @param from address of the first, a multiple of 4
 * @param to end, exclusive, a multiple of 4
 */
record MemoryRange(long from, long to) {
  private static final int PIECE = 1 << 16;

  /** Size in bytes. */
  long size() {
    return to - from;
  }

  /** Calls for each word, which is little-endian. */
  void forEachWord(GuestMemory memory, IntConsumer action) {
    for (long address = from; address < to; address += PIECE) {
      byte[] piece = new byte[(int) Math.min(PIECE, to - address)];
      memory.read(address, piece);
      ByteBuffer words = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
      while (words.hasRemaining()) {
        action.accept(words.getInt());
      }
    }
  }

  /** Reads {@code FROM:TO}, hexadecimal. */
  static final class Converter implements ITypeConverter<MemoryRange> {
    @Override
    public MemoryRange convert(String text) {
      String[] ends = text.split(":", -1);
      if (ends.length != 2) {
        throw new TypeConversionException("'" + text + "' is not FROM:TO");
      }
      long from = HexAddress.parse(ends[0]);
      long to = HexAddress.parse(ends[1]);
      if (from > to || (from | to) % Integer.BYTES != 0) {
        throw new TypeConversionException(
            "'" + text + "' is no range of words: multiples of 4, ascending");
      }
      return new MemoryRange(from, to);
    }
  }
}
