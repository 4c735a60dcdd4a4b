package dev.opml.vm.elf;

import java.util.List;

/**
 * A static RV64 executable that need not be a guest program: any entry point and any segments below
 * 2^40, writable or not. Immutable and thread-safe.
 */
public final class ElfProgram {
  private final ElfFile file;

  private ElfProgram(ElfFile file) {
    this.file = file;
  }

  /**
   * Reads a 64-bit little-endian RISC-V file of type EXEC.
   *
   * @param elf the file; copied
   * @throws MalformedElfException if it is anything else, or if its entry point is not a multiple
   *     of 4 in an executable segment, segments overlap or leave the address space, or the
   *     executable ones are larger than 2^26 bytes in all
   */
  public static ElfProgram read(byte[] elf) {
    return new ElfProgram(ElfFile.program(elf));
  }

  /**
   * Reads a guest program: a static RV64IM executable whose entry point is 0x10000 and whose
   * segments all lie in the program region, none writable.
   *
   * @param elf the file; copied
   * @throws MalformedElfException if it is anything else
   */
  public static ElfProgram readGuest(byte[] elf) {
    return new ElfProgram(ElfFile.guest(elf));
  }

  /** Address of the first instruction. */
  public long entryPoint() {
    return file.entryPoint();
  }

  /** The segments, in the order of the file. */
  public List<ElfSegment> segments() {
    return file.segments();
  }
}
