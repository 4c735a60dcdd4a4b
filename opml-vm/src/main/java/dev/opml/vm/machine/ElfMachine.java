package dev.opml.vm.machine;

import dev.opml.api.LimitExceededException;
import dev.opml.vm.elf.ElfProgram;
import java.util.Optional;

/**
 * The RV64IM machine on a raw ELF, for programs that are not opML's: instructions, halts and faults
 * are those of docs/image.md, the memory map is not. All of the 2^40 bytes may be loaded from and
 * stored to and are zero where no segment is; instructions are fetched from executable segments. A
 * store to code is seen by the next fetch. All registers are zero at first but {@code sp}, which is
 * 2^40. There are no roots and no witnesses. Goes forward only. Not thread-safe.
 */
public interface ElfMachine extends MachineView {
  /**
   * A machine at a program's entry point.
   *
   * @throws LimitExceededException if what the file has of the segments takes more than 2^29 bytes,
   *     in pages of 64 KiB
   */
  static ElfMachine start(ElfProgram program, MachineEngine engine) {
    return ElfHartMachine.start(program, engine);
  }

  /**
   * Executes instructions until {@code count} of them have run in all. A machine that halts or
   * faults before stays as it is.
   *
   * @throws IllegalArgumentException if more than {@code count} instructions have run already
   * @throws LimitExceededException if segments and stores take more than 2^29 bytes, in pages of 64
   *     KiB; the machine is of no use then
   */
  void runTo(long count);

  /** Why the machine faulted; empty if it did not. */
  Optional<MachineFault> fault();
}
