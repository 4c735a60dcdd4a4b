package dev.opml.vm.machine.reference;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.MachineStates;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.memory.GuestMemory;
import java.io.ByteArrayOutputStream;

/** Writes the witness of a hart's next instruction (docs/image.md). */
public final class WitnessEncoder {
  private static final long NO_DATA = -1;

  private WitnessEncoder() {}

  public static Witness encode(Hart hart) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
    out.writeBytes(MachineStates.encode(hart.state()));
    if (!hart.running() || !hart.fetchable()) {
      out.write(0);
      return Witness.of(out.toByteArray());
    }
    long data = dataAddress(hart, hart.fetch());
    out.write(data == NO_DATA ? 1 : 2);
    writeOpening(hart.memory, hart.pc, out);
    if (data != NO_DATA) {
      writeOpening(hart.memory, data, out);
    }
    return Witness.of(out.toByteArray());
  }

  /** Address that the instruction loads from or stores to, if it may. */
  private static long dataAddress(Hart hart, Instruction instruction) {
    Operation operation = instruction.operation();
    long address = hart.registers[instruction.rs1()] + instruction.immediate();
    boolean accesses =
        switch (operation.format()) {
          case LOAD -> hart.memory.mayLoad(address, operation.accessSize());
          case STORE -> hart.memory.mayStore(address, operation.accessSize());
          default -> false;
        };
    return accesses ? address : NO_DATA;
  }

  private static void writeOpening(GuestMemory memory, long address, ByteArrayOutputStream out) {
    byte[] leaf = new byte[MemoryRegion.LEAF_SIZE];
    memory.read(address & -MemoryRegion.LEAF_SIZE, leaf);
    out.writeBytes(leaf);
    MerkleTree tree = memory.tree();
    out.writeBytes(tree.path(0, address / MemoryRegion.LEAF_SIZE).encoded());
  }
}
