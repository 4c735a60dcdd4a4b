package dev.opml.vm.machine.hart;

import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The machine's mutable state: what engines work on. Not thread-safe. */
public final class Hart {
  /** Index of the register that swallows writes to x0. */
  public static final int SINK = 32;

  /** Index of the register that tells what an ECALL asks for: a7. */
  public static final int CALL_NUMBER = 17;

  private static final long EXIT_CALL = 93;

  /**
   * x0 to x31 at 0 to 31; index 0 is never written. The length lets an engine index with six bits.
   */
  public final long[] registers = new long[64];

  public final GuestMemory memory;

  /** Address of the next instruction. */
  public long pc;

  /** Instructions executed. */
  public long count;

  public MachineStatus status = MachineStatus.RUNNING;

  public Hart(GuestMemory memory) {
    this.memory = memory;
  }

  /** A hart in the given state; the roots of the state are not looked at. */
  public static Hart of(MachineState state, GuestMemory memory) {
    Hart hart = new Hart(memory);
    for (int i = 1; i <= MachineState.REGISTERS; i++) {
      hart.registers[i] = state.registers().get(i - 1);
    }
    hart.pc = state.pc();
    hart.count = state.count();
    hart.status = state.status();
    return hart;
  }

  /** The state as a value, memory as roots. */
  public MachineState state() {
    MerkleTree tree = memory.tree();
    return new MachineState(
        tree.subtreeRoot(MemoryRegion.PERSISTENT_DEPTH, 0),
        tree.subtreeRoot(MemoryRegion.PERSISTENT_DEPTH, 1),
        pc,
        count,
        status,
        Arrays.stream(registers, 1, SINK).boxed().toList());
  }

  /** An independent hart in the same state. */
  public Hart fork() {
    Hart copy = new Hart(memory.fork());
    System.arraycopy(registers, 0, copy.registers, 0, SINK);
    copy.pc = pc;
    copy.count = count;
    copy.status = status;
    return copy;
  }

  public boolean running() {
    return status == MachineStatus.RUNNING;
  }

  /** Whether an instruction can be fetched at {@code pc}. */
  public boolean fetchable() {
    return memory.mayFetch(pc);
  }

  /** The instruction at a fetchable {@code pc}. */
  public Instruction fetch() {
    return Decoder.decode(fetchWord());
  }

  /** The word at a fetchable {@code pc}. */
  public int fetchWord() {
    byte[] word = new byte[4];
    memory.read(pc, word);
    return ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /** Executes the instruction at {@code pc} as one that faults. */
  public void fault() {
    count++;
    status = MachineStatus.FAULTED;
  }

  /** Status after an ECALL. */
  public MachineStatus afterCall() {
    return registers[CALL_NUMBER] == EXIT_CALL ? MachineStatus.HALTED : MachineStatus.FAULTED;
  }
}
