package dev.opml.vm.machine.reference;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.memory.GuestMemory;

/**
 * Executes instructions as {@link ReferenceStep} does, but on a memory. Knows no program: each word
 * is fetched and decoded when its turn comes.
 */
public final class ReferenceEngine implements InstructionEngine {
  @Override
  public void run(Hart hart, long end) {
    MemoryHart machine = new MemoryHart(hart);
    while (machine.status == MachineStatus.RUNNING && machine.count < end) {
      machine.step();
    }
    machine.copyTo(hart);
  }

  private static final class MemoryHart extends ReferenceHart {
    private final GuestMemory memory;

    MemoryHart(Hart hart) {
      memory = hart.memory;
      System.arraycopy(hart.registers, 0, registers, 0, registers.length);
      pc = hart.pc;
      count = hart.count;
      status = hart.status;
    }

    void copyTo(Hart hart) {
      System.arraycopy(registers, 0, hart.registers, 0, registers.length);
      hart.pc = pc;
      hart.count = count;
      hart.status = status;
    }

    @Override
    boolean fetchable(long address) {
      return memory.mayFetch(address);
    }

    @Override
    boolean storable(long address) {
      return memory.mayStore(address, 1);
    }

    @Override
    long load(long address, int size) {
      byte[] bytes = new byte[size];
      memory.read(address, bytes);
      long value = 0;
      for (int i = 0; i < size; i++) {
        value |= Byte.toUnsignedLong(bytes[i]) << (Byte.SIZE * i);
      }
      return value;
    }

    @Override
    void store(long address, int size, long value) {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (value >> (Byte.SIZE * i));
      }
      memory.write(address, bytes);
    }
  }
}
