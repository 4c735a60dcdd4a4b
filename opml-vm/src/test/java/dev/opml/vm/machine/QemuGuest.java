package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.MachineState;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A guest program under qemu, at the addresses that image.md gives it. A launcher maps a file that
 * holds the memory's bytes to where they belong, sets the registers and jumps to the entry point;
 * what the guest writes is found in the file afterwards.
 */
final class QemuGuest {
  /**
   * Memory that is mapped.
   *
   * @param offset in the file, in bytes
   */
  private record Mapping(long address, int length, long offset) {
    boolean writable() {
      return MemoryRegion.OUTPUT.contains(address)
          || MemoryRegion.STATE.contains(address)
          || MemoryRegion.SCRATCH.contains(address);
    }
  }

  /** Near enough to the entry point for a jump that needs no register. */
  private static final long LAUNCHER = 0x80000;

  private static final int PAGE = 4096;
  private static final int SMALL = 1 << 16;
  private static final int LARGE = 1 << 22;
  private static final int SCRATCH_AREAS = 7;

  private static final int MMAP = 222;
  private static final int OPENAT = 56;
  private static final int EXIT = 93;
  private static final int CURRENT_FOLDER = -100;
  private static final int READ_WRITE = 2;
  private static final int PROTECTION_READ_EXECUTE = 5;
  private static final int PROTECTION_READ_WRITE = 3;
  private static final int MAP_SHARED_FIXED = 0x11;
  private static final int MAP_PRIVATE_FIXED = 0x12;

  private final Path folder;
  private final List<Mapping> mappings = new ArrayList<>();
  private long fileSize;

  /**
   * Prepares to run a guest.
   *
   * @param folder where files may be written
   */
  QemuGuest(MemorySnapshot memory, Path folder) throws IOException {
    this.folder = folder;
    for (MemoryRegion region : MemoryRegion.values()) {
      switch (region) {
        case SCRATCH -> {
          for (int i = 0; i < SCRATCH_AREAS; i++) {
            map(region.base() + ((long) i << 35), LARGE);
          }
          map(MachineState.STACK_TOP - SMALL, SMALL);
        }
        case STATE -> map(region.base(), LARGE);
        case INPUT, OUTPUT -> map(region.base(), SMALL);
        default -> mapExtents(memory, region);
      }
    }
    try (FileChannel file =
        FileChannel.open(memoryFile(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (Mapping mapping : mappings) {
        if (!MemoryRegion.SCRATCH.contains(mapping.address)) {
          byte[] content = new byte[mapping.length];
          memory.read(mapping.address, content);
          file.write(ByteBuffer.wrap(content), mapping.offset);
        }
      }
      file.write(ByteBuffer.allocate(1), fileSize - 1);
    }
  }

  /** From the first byte of a region to the last, and a page for loads behind it. */
  private void mapExtents(MemorySnapshot memory, MemoryRegion region) {
    long first = Long.MAX_VALUE;
    long end = 0;
    for (MemoryExtent extent : memory.extents()) {
      if (region.contains(extent.base())) {
        first = Math.min(first, extent.base() & -PAGE);
        end = Math.max(end, extent.end());
      }
    }
    if (end > 0) {
      map(first, (int) ((end - first & -PAGE) + 2 * PAGE));
    }
  }

  private void map(long address, int length) {
    mappings.add(new Mapping(address, length, fileSize));
    fileSize += length;
  }

  private Path memoryFile() {
    return folder.resolve("memory");
  }

  /** Insists that what may be written is what a machine's memory holds. */
  void assertHolds(GuestMemory memory) throws IOException {
    for (long page : memory.persistentPagesWritten()) {
      assertTrue(
          mappings.stream().anyMatch(m -> m.address <= page && page < m.address + m.length),
          () -> "not mapped: 0x%x".formatted(page));
    }
    for (Mapping mapping : mappings) {
      if (mapping.writable()) {
        byte[] actual = new byte[mapping.length];
        memory.read(mapping.address, actual);
        int mismatch = Arrays.mismatch(read(mapping), actual);
        assertEquals(-1, mismatch, () -> "from 0x%x".formatted(mapping.address));
      }
    }
  }

  private byte[] read(Mapping mapping) throws IOException {
    try (FileChannel file = FileChannel.open(memoryFile())) {
      ByteBuffer bytes = ByteBuffer.allocate(mapping.length);
      while (bytes.hasRemaining()) {
        file.read(bytes, mapping.offset + bytes.position());
      }
      return bytes.array();
    }
  }

  /**
   * Runs the guest to its end.
   *
   * @param a0 what it finds in that register
   * @return what it exited with: the low eight bits of a0, or 128 and the number of a signal
   */
  int run(long a0) throws IOException {
    Path elf = folder.resolve("launcher.elf");
    Files.write(
        elf, new ElfBuilder().mappable().entry(LAUNCHER).code(LAUNCHER, launcher(a0)).build());
    return Qemu.run(elf).status();
  }

  private byte[] launcher(long a0) {
    // The second pass knows how long the first was.
    int codeSize = 4 * instructions(0).length;
    ByteBuffer launcher = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    launcher.put(TestMachine.bytes(instructions(codeSize)));
    launcher.putLong(a0);
    for (Mapping mapping : mappings) {
      launcher.putLong(mapping.address).putLong(mapping.length);
      launcher.putLong(mapping.writable() ? PROTECTION_READ_WRITE : PROTECTION_READ_EXECUTE);
      launcher.putLong(mapping.writable() ? MAP_SHARED_FIXED : MAP_PRIVATE_FIXED);
      launcher.putLong(mapping.offset);
    }
    launcher.put(memoryFile().toString().getBytes(StandardCharsets.UTF_8));
    return launcher.array();
  }

  /**
   * The launcher's code.
   *
   * @param data where its data begins, in bytes from the first instruction: a0, the table of
   *     mappings, the file's name; a multiple of 8
   */
  private int[] instructions(int data) {
    int row = 5 * Long.BYTES;
    List<Integer> code = new ArrayList<>();
    code.add(Assembler.u(Operation.AUIPC, 20, 0));
    code.add(Assembler.i(Operation.ADDI, 10, 0, CURRENT_FOLDER));
    code.add(Assembler.i(Operation.ADDI, 11, 20, data + 8 + row * mappings.size()));
    code.add(Assembler.i(Operation.ADDI, 12, 0, READ_WRITE));
    code.add(Assembler.i(Operation.ADDI, 17, 0, OPENAT));
    code.add(Assembler.ecall());
    code.add(Assembler.i(Operation.ADDI, 21, 10, 0));
    code.add(Assembler.i(Operation.ADDI, 22, 20, data + 8));
    code.add(Assembler.i(Operation.ADDI, 23, 0, mappings.size()));
    int loop = code.size();
    int[] arguments = {10, 11, 12, 13, 15};
    for (int i = 0; i < arguments.length; i++) {
      code.add(Assembler.i(Operation.LD, arguments[i], 22, 8 * i));
    }
    code.add(Assembler.i(Operation.ADDI, 14, 21, 0));
    code.add(Assembler.i(Operation.ADDI, 17, 0, MMAP));
    code.add(Assembler.ecall());
    code.add(Assembler.i(Operation.LD, 5, 22, 0));
    code.add(Assembler.b(Operation.BEQ, 5, 10, 12));
    code.add(Assembler.i(Operation.ADDI, 17, 0, EXIT));
    code.add(Assembler.ecall());
    code.add(Assembler.i(Operation.ADDI, 22, 22, row));
    code.add(Assembler.i(Operation.ADDI, 23, 23, -1));
    code.add(Assembler.b(Operation.BNE, 23, 0, 4 * (loop - code.size())));
    code.add(Assembler.i(Operation.LD, 10, 20, data));
    for (int i = 1; i < 32; i++) {
      if (i != 10) {
        code.add(Assembler.i(Operation.ADDI, i, 0, i == 2 ? 1 : 0));
      }
    }
    code.add(Assembler.i(Operation.SLLI, 2, 2, 40));
    code.add(Assembler.jal(0, (int) (MachineState.ENTRY_POINT - LAUNCHER) - 4 * code.size()));
    if (code.size() % 2 != 0) {
      code.add(Assembler.nop());
    }
    return code.stream().mapToInt(word -> word).toArray();
  }
}
