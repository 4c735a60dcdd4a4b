package dev.opml.vm.machine.internal;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The pre-decoded instructions of a program: from the first to the last byte in the program region
 * that is not zero. What lies outside is zero or cannot be fetched, and faults either way. The
 * region is read-only for the guest, so each word is decoded once, in blocks, when first reached.
 * Filled without synchronisation: threads that race write equal values.
 */
final class ProgramCode {
  private static final int BLOCK = 1024;

  private final MemorySnapshot memory;
  private final long base;
  private final long[] code;

  private ProgramCode(MemorySnapshot memory, long base, int length) {
    this.memory = memory;
    this.base = base;
    this.code = new long[length + 1];
    this.code[length] = Opcode.ILLEGAL;
  }

  static ProgramCode of(MemorySnapshot memory) {
    long first = Long.MAX_VALUE;
    long last = -1;
    for (MemoryExtent extent : memory.extents()) {
      long end = Math.min(extent.end(), MemoryRegion.PROGRAM.size());
      if (extent.base() < end) {
        MemorySegment bytes = extent.bytes().asSlice(0, end - extent.base());
        first = Math.min(first, extent.base() + firstNonZero(bytes));
        last = Math.max(last, extent.base() + lastNonZero(bytes));
      }
    }
    if (last < 0 || first > last) {
      return new ProgramCode(memory, 0, 0);
    }
    long base = first & -4;
    return new ProgramCode(memory, base, (int) (last - base) / 4 + 1);
  }

  /** Address of the first instruction. */
  long base() {
    return base;
  }

  /** The instructions, and after them an illegal one; entries may be {@link Opcode#UNDECODED}. */
  long[] code() {
    return code;
  }

  /**
   * Index of the instruction at {@code pc}, or -1 if fetching there faults or gives an illegal
   * instruction.
   */
  int indexOf(long pc) {
    long offset = pc - base;
    return offset >= 0 && offset >> 2 < code.length - 1 && (offset & 3) == 0
        ? (int) (offset >> 2)
        : -1;
  }

  /** The instruction at an index in the code. */
  Instruction instruction(int index) {
    return Decoder.decode(words(index, 1).getInt());
  }

  /** Decodes the instruction at {@code index} and others of its block. */
  void decodeAround(int index) {
    int from = index - index % BLOCK;
    int to = Math.min(from + BLOCK, code.length - 1);
    ByteBuffer words = words(from, to - from);
    for (int i = from; i < to; i++) {
      code[i] = preDecode(Decoder.decode(words.getInt()), i);
    }
  }

  private long preDecode(Instruction instruction, int index) {
    return switch (instruction.operation().format()) {
      case BRANCH, JUMP -> {
        int target = indexOf(address(index) + instruction.immediate());
        yield target < 0
            ? PreDecoded.pack(Opcode.FAR_JUMP, instruction, 0)
            : PreDecoded.pack(instruction, target);
      }
      default -> PreDecoded.pack(instruction, instruction.immediate());
    };
  }

  private long address(int index) {
    return base + 4L * index;
  }

  private ByteBuffer words(int index, int count) {
    byte[] bytes = new byte[4 * count];
    memory.read(address(index), bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long firstNonZero(MemorySegment bytes) {
    for (long i = 0; i < bytes.byteSize(); i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) != 0) {
        return i;
      }
    }
    return Long.MAX_VALUE >> 1;
  }

  private static long lastNonZero(MemorySegment bytes) {
    for (long i = bytes.byteSize() - 1; i >= 0; i--) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) != 0) {
        return i;
      }
    }
    return Long.MIN_VALUE >> 1;
  }
}
