package dev.opml.vm.machine.interpreter;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * The pre-decoded instructions of a program: from the first to the last byte in the program region
 * that is not zero, where what lies outside is zero or cannot be fetched, and faults either way; or
 * an executable segment of a raw ELF. Unless {@link #reload} is called the program does not change,
 * so each word is decoded once, in pieces, when first reached. Filled without synchronisation:
 * threads that race write equal values.
 */
public final class ProgramCode {
  private static final int PIECE = 1024;

  private final long base;
  private final ByteBuffer bytes;
  private final long[] code;

  private ProgramCode(long base, byte[] bytes) {
    this.base = base;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.code = new long[bytes.length / Integer.BYTES + 1];
    this.code[code.length - 1] = Opcode.ILLEGAL;
  }

  /** The program in a memory; nothing of the memory is kept. */
  public static ProgramCode of(MemorySnapshot memory) {
    long first = Long.MAX_VALUE;
    long last = -1;
    for (MemoryExtent extent : memory.extents()) {
      long end = Math.min(extent.end(), MemoryRegion.PROGRAM.size());
      if (extent.base() < end) {
        MemorySegment segment = extent.bytes().asSlice(0, end - extent.base());
        first = Math.min(first, extent.base() + firstNonZero(segment));
        last = Math.max(last, extent.base() + lastNonZero(segment));
      }
    }
    if (last < 0 || first > last) {
      return new ProgramCode(0, new byte[0]);
    }
    long base = first & -4;
    byte[] bytes = new byte[(int) (last - base & -4) + 4];
    memory.read(base, bytes);
    return new ProgramCode(base, bytes);
  }

  /**
   * The program in some whole words of a memory.
   *
   * @param base address of the first word
   * @param size bytes, a multiple of 4
   */
  public static ProgramCode of(GuestMemory memory, long base, int size) {
    byte[] bytes = new byte[size];
    memory.read(base, bytes);
    return new ProgramCode(base, bytes);
  }

  /**
   * Reads again what a store may have changed; by one thread only, and no other may use the
   * program.
   *
   * @return whether an instruction changed that was decoded before
   */
  public boolean reload(GuestMemory memory, long address, int size) {
    boolean changed = false;
    for (long pc = address & -4; pc < address + size; pc += 4) {
      int index = indexOf(pc);
      if (index >= 0) {
        byte[] word = new byte[Integer.BYTES];
        memory.read(pc, word);
        bytes.put(Integer.BYTES * index, word);
        changed |= code[index] != Opcode.UNDECODED;
        code[index] = Opcode.UNDECODED;
      }
    }
    return changed;
  }

  /** A value that two programs have in common if and only if they are the same. */
  public Object identity() {
    return Map.entry(base, bytes);
  }

  /** Address of the first instruction. */
  public long base() {
    return base;
  }

  /** The instructions, and after them an illegal one; entries may be {@link Opcode#UNDECODED}. */
  public long[] code() {
    return code;
  }

  /**
   * Index of the instruction at {@code pc}, or -1 if fetching there faults or gives an illegal
   * instruction.
   */
  public int indexOf(long pc) {
    long offset = pc - base;
    return offset >= 0 && offset >> 2 < code.length - 1 && (offset & 3) == 0
        ? (int) (offset >> 2)
        : -1;
  }

  /** The instruction at an index in the code. */
  public Instruction instruction(int index) {
    return Decoder.decode(bytes.getInt(Integer.BYTES * index));
  }

  /** Decodes the instruction at {@code index} and others around it. */
  public void decodeAround(int index) {
    int from = index - index % PIECE;
    int to = Math.min(from + PIECE, code.length - 1);
    for (int i = from; i < to; i++) {
      code[i] = preDecode(instruction(i), i);
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

  /** Address of the instruction at an index in the code. */
  public long address(int index) {
    return base + 4L * index;
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
