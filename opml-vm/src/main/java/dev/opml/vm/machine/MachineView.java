package dev.opml.vm.machine;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.memory.GuestMemory;

/** What can be seen of an RV64IM machine where it stands. Not thread-safe. */
public interface MachineView {
  /** Running, halted or faulted. */
  MachineStatus status();

  /** Instructions executed so far; the one that halted or faulted counts. */
  long count();

  /** Address of the next instruction. */
  long pc();

  /**
   * Value of a register.
   *
   * @param register 0 to 31
   * @throws IndexOutOfBoundsException if there is no such register
   */
  long register(int register);

  /** The memory; to be read only, it changes when the machine runs. */
  GuestMemory memory();
}
