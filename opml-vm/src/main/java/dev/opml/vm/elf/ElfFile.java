package dev.opml.vm.elf;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.MachineState;
import dev.opml.vm.memory.MemoryExtent;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads static RISC-V executables. Strict with guest programs: what they cannot have (compressed or
 * float code, writable segments, which the machine could not write to) is refused rather than
 * ignored.
 */
final class ElfFile {
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS64_LITTLE_ENDIAN_VERSION1 = 0x010102;
  private static final int HEADER_SIZE = 64;
  private static final int PROGRAM_HEADER_SIZE = 56;
  private static final int MOST_PROGRAM_HEADERS = 64;
  private static final int EXECUTABLE_FILE = 2;
  private static final int MACHINE_RISCV = 243;

  private static final int PT_NULL = 0;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERPRETER = 3;
  private static final int PT_NOTE = 4;
  private static final int PT_PHDR = 6;
  private static final int PT_GNU_STACK = 0x6474e551;
  private static final int PT_RISCV_ATTRIBUTES = 0x70000003;

  /**
   * Most bytes of all executable segments of a raw ELF. Engines take four times as much memory,
   * however little of it the file has.
   */
  private static final long MOST_CODE = 1 << 26;

  private static final int FLAG_EXECUTABLE = 1;
  private static final int FLAG_WRITABLE = 2;

  private final ByteBuffer file;
  private final boolean guest;
  private final long entryPoint;
  private final List<ElfSegment> segments = new ArrayList<>();

  private ElfFile(byte[] bytes, boolean guest) {
    this.file = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    this.guest = guest;
    readHeader();
    this.entryPoint = file.getLong(24);
    readProgramHeaders();
    require("alignment of the entry point", 0, entryPoint & 3, 24);
    if (segments.stream()
        .noneMatch(segment -> segment.executable() && segment.contains(entryPoint))) {
      throw new MalformedElfException("no executable segment holds the entry point", 24);
    }
  }

  /**
   * Reads a guest program.
   *
   * @throws MalformedElfException as {@link ElfProgram#readGuest} says
   */
  public static ElfFile guest(byte[] bytes) {
    return new ElfFile(bytes, true);
  }

  /**
   * Reads any program.
   *
   * @throws MalformedElfException as {@link ElfProgram#read} says
   */
  public static ElfFile program(byte[] bytes) {
    return new ElfFile(bytes, false);
  }

  /** Address of the first instruction. */
  public long entryPoint() {
    return entryPoint;
  }

  /** The loadable segments in the order of the file, whose contents are parts of one copy of it. */
  public List<ElfSegment> segments() {
    return Collections.unmodifiableList(segments);
  }

  private void readHeader() {
    if (file.capacity() < HEADER_SIZE) {
      throw new MalformedElfException(
          "an ELF header needs 64 bytes, got " + file.capacity(), file.capacity());
    }
    require("magic", MAGIC, unsignedInt(0), 0);
    require(
        "class, data and version", CLASS64_LITTLE_ENDIAN_VERSION1, unsignedInt(4) & 0xffffff, 4);
    require("type", EXECUTABLE_FILE, unsignedShort(16), 16);
    require("machine", MACHINE_RISCV, unsignedShort(18), 18);
    require("version", 1, unsignedInt(20), 20);
    if (guest) {
      require("entry point", MachineState.ENTRY_POINT, file.getLong(24), 24);
      require("flags (no compressed code, no float ABI)", 0, unsignedInt(48), 48);
    }
    require("header size", HEADER_SIZE, unsignedShort(52), 52);
    require("program header size", PROGRAM_HEADER_SIZE, unsignedShort(54), 54);
  }

  private void readProgramHeaders() {
    long start = file.getLong(32);
    int count = unsignedShort(56);
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
  }

  private void readProgramHeader(int at) {
    int type = file.getInt(at);
    boolean ignored =
        switch (type) {
          case PT_LOAD, PT_NULL, PT_NOTE, PT_PHDR, PT_GNU_STACK, PT_RISCV_ATTRIBUTES -> true;
          case PT_DYNAMIC, PT_INTERPRETER -> false;
          default -> !guest;
        };
    if (!ignored) {
      throw new MalformedElfException("segment type 0x%x is not supported".formatted(type), at);
    }
    if (type == PT_LOAD) {
      readSegment(at);
    }
  }

  private void readSegment(int at) {
    int flags = file.getInt(at + 4);
    long offset = file.getLong(at + 8);
    long address = file.getLong(at + 16);
    long fileSize = file.getLong(at + 32);
    long memorySize = file.getLong(at + 40);
    boolean executable = (flags & FLAG_EXECUTABLE) != 0;
    if (guest && (flags & FLAG_WRITABLE) != 0) {
      throw new MalformedElfException("segment is writable, the program region is not", at + 4);
    }
    if (fileSize < 0 || offset < 0 || offset > file.capacity() - fileSize) {
      throw new MalformedElfException("segment lies outside the file", at + 8);
    }
    if (memorySize < fileSize) {
      throw new MalformedElfException("segment is smaller in memory than in the file", at + 40);
    }
    long space = guest ? MemoryRegion.PROGRAM.size() : MemoryExtent.ADDRESS_SPACE;
    if (address < 0 || memorySize > space - address || !isFree(address, address + memorySize)) {
      throw new MalformedElfException(
          "segment at 0x%x overlaps another, is out of order, or ends beyond 0x%x"
              .formatted(address, space),
          at + 16);
    }
    if (!guest && executable && memorySize > MOST_CODE - codeSize()) {
      throw new MalformedElfException(
          "executable segments of %d bytes in all, at most %d"
              .formatted(memorySize + codeSize(), MOST_CODE),
          at + 40);
    }
    MemorySegment content = MemorySegment.ofArray(file.array()).asSlice(offset, fileSize);
    segments.add(new ElfSegment(new MemoryExtent(address, content), memorySize, executable));
  }

  private long codeSize() {
    return segments.stream().filter(ElfSegment::executable).mapToLong(ElfSegment::size).sum();
  }

  /** Whether no segment so far is there; those of a guest must ascend as well. */
  private boolean isFree(long from, long to) {
    return segments.stream()
        .allMatch(segment -> segment.end() <= from || (!guest && to <= segment.base()));
  }

  private int unsignedShort(int at) {
    return Short.toUnsignedInt(file.getShort(at));
  }

  private long unsignedInt(int at) {
    return Integer.toUnsignedLong(file.getInt(at));
  }

  private static void require(String field, long expected, long actual, int at) {
    if (actual != expected) {
      throw new MalformedElfException(
          "%s: expected 0x%x, got 0x%x".formatted(field, expected, actual), at);
    }
  }
}
