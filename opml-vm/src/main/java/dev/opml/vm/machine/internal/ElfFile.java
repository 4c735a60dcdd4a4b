package dev.opml.vm.machine.internal;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.MachineState;
import dev.opml.vm.machine.MalformedElfException;
import dev.opml.vm.memory.MemoryExtent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the loadable segments of a static RV64IM executable. Strict: what a guest cannot have
 * (compressed or float code, dynamic linking, writable segments, which the machine could not write
 * to) is refused rather than ignored.
 */
public final class ElfFile {
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS64_LITTLE_ENDIAN_VERSION1 = 0x010102;
  private static final int HEADER_SIZE = 64;
  private static final int PROGRAM_HEADER_SIZE = 56;
  private static final int MOST_PROGRAM_HEADERS = 64;
  private static final int EXECUTABLE_FILE = 2;
  private static final int MACHINE_RISCV = 243;

  private static final int PT_NULL = 0;
  private static final int PT_LOAD = 1;
  private static final int PT_NOTE = 4;
  private static final int PT_PHDR = 6;
  private static final int PT_GNU_STACK = 0x6474e551;
  private static final int PT_RISCV_ATTRIBUTES = 0x70000003;

  private static final int FLAG_EXECUTABLE = 1;
  private static final int FLAG_WRITABLE = 2;

  private final ByteBuffer file;
  private final List<MemoryExtent> segments = new ArrayList<>();
  private boolean entryIsExecutable;

  private ElfFile(byte[] bytes) {
    this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The segments with their zero-filled tails, as new arrays, by ascending address.
   *
   * @throws MalformedElfException if anything is not as it must be
   */
  public static List<MemoryExtent> segments(byte[] bytes) {
    ElfFile elf = new ElfFile(bytes);
    elf.readHeader();
    elf.readProgramHeaders();
    return List.copyOf(elf.segments);
  }

  private void readHeader() {
    if (file.capacity() < HEADER_SIZE) {
      throw new MalformedElfException(
          "an ELF header needs 64 bytes, got " + file.capacity(), file.capacity());
    }
    require("magic", MAGIC, file.getInt(0), 0);
    require(
        "class, data and version", CLASS64_LITTLE_ENDIAN_VERSION1, file.getInt(4) & 0xffffff, 4);
    require("type", EXECUTABLE_FILE, file.getShort(16), 16);
    require("machine", MACHINE_RISCV, file.getShort(18), 18);
    require("version", 1, file.getInt(20), 20);
    require("entry point", MachineState.ENTRY_POINT, file.getLong(24), 24);
    require("flags (no compressed code, no float ABI)", 0, file.getInt(48), 48);
    require("header size", HEADER_SIZE, file.getShort(52), 52);
    require("program header size", PROGRAM_HEADER_SIZE, file.getShort(54), 54);
  }

  private void readProgramHeaders() {
    long start = file.getLong(32);
    int count = Short.toUnsignedInt(file.getShort(56));
    if (count == 0 || count > MOST_PROGRAM_HEADERS) {
      throw new MalformedElfException(
          "expected 1 to " + MOST_PROGRAM_HEADERS + " program headers, got " + count, 56);
    }
    if (start < HEADER_SIZE || start > file.capacity() - (long) count * PROGRAM_HEADER_SIZE) {
      throw new MalformedElfException("program headers lie outside the file", 32);
    }
    for (int i = 0; i < count; i++) {
      readProgramHeader((int) start + i * PROGRAM_HEADER_SIZE);
    }
    if (!entryIsExecutable) {
      throw new MalformedElfException("no executable segment holds the entry point", 24);
    }
  }

  private void readProgramHeader(int at) {
    int type = file.getInt(at);
    switch (type) {
      case PT_LOAD -> readSegment(at);
      case PT_NULL, PT_NOTE, PT_PHDR, PT_GNU_STACK, PT_RISCV_ATTRIBUTES -> {}
      default ->
          throw new MalformedElfException("segment type 0x%x is not supported".formatted(type), at);
    }
  }

  private void readSegment(int at) {
    int flags = file.getInt(at + 4);
    long offset = file.getLong(at + 8);
    long address = file.getLong(at + 16);
    long fileSize = file.getLong(at + 32);
    long memorySize = file.getLong(at + 40);
    if ((flags & FLAG_WRITABLE) != 0) {
      throw new MalformedElfException("segment is writable, the program region is not", at + 4);
    }
    if (fileSize < 0 || offset < 0 || offset > file.capacity() - fileSize) {
      throw new MalformedElfException("segment lies outside the file", at + 8);
    }
    if (memorySize < fileSize) {
      throw new MalformedElfException("segment is smaller in memory than in the file", at + 40);
    }
    long previousEnd = segments.isEmpty() ? 0 : segments.getLast().end();
    if (address < previousEnd || memorySize > MemoryRegion.PROGRAM.size() - address) {
      throw new MalformedElfException(
          "segment at 0x%x leaves the program region or is out of order".formatted(address),
          at + 16);
    }
    byte[] content =
        Arrays.copyOf(
            Arrays.copyOfRange(file.array(), (int) offset, (int) (offset + fileSize)),
            (int) memorySize);
    segments.add(MemoryExtent.of(address, content));
    entryIsExecutable |=
        (flags & FLAG_EXECUTABLE) != 0
            && address <= MachineState.ENTRY_POINT
            && MachineState.ENTRY_POINT < address + memorySize;
  }

  private static void require(String field, long expected, long actual, int at) {
    if (actual != expected) {
      throw new MalformedElfException(
          "%s: expected 0x%x, got 0x%x".formatted(field, expected, actual), at);
    }
  }
}
