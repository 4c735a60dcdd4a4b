package dev.opml.testing;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.Witness;
import dev.opml.vm.machine.GuestMachineTrace;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemorySnapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine trace of a liar's node: true up to one instruction, then with the lie in memory and
 * truly executed from there. Where the node writes the word, the lie is in that very store. Not
 * thread-safe.
 */
final class LyingMachineTrace implements MachineTrace {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final long turn;
  private final GuestMachineTrace honest;
  private final GuestMachineTrace tampered;

  private LyingMachineTrace(long turn, GuestMachineTrace honest, GuestMachineTrace tampered) {
    this.turn = turn;
    this.honest = honest;
    this.tampered = tampered;
  }

  /**
   * Finds an instruction from which the lie leads to the claimed memory.
   *
   * @param memory memory before the node
   * @param claimed state root that the liar claims after the node
   */
  static LyingMachineTrace of(MemorySnapshot memory, Lie lie, GraphMode mode, Bytes32 claimed) {
    Machine end = Machine.start(memory, lie.node(), mode);
    end.runTo(InstructionIndex.END);
    long count = end.count();
    long turn = lastChange(memory, lie, mode, count, word(end, lie));
    if (turn == count || !leadsTo(claimed, memory, lie, mode, turn)) {
      // The word is stored again, perhaps with the value that it had.
      turn = lastUse(claimed, memory, lie, mode, turn == count ? 0 : turn, count);
    }
    return new LyingMachineTrace(
        turn,
        new GuestMachineTrace(Machine.start(memory, lie.node(), mode)),
        at(memory, lie, mode, turn));
  }

  /**
   * First boundary from which the word is not used any more: a lie that is told earlier is written
   * over, or leads to other memory than is claimed.
   *
   * @param from boundary from which on it may be used
   * @return {@code count} if a lie at {@code from} leads to what is claimed
   */
  private static long lastUse(
      Bytes32 claimed, MemorySnapshot memory, Lie lie, GraphMode mode, long from, long count) {
    if (leadsTo(claimed, memory, lie, mode, from)) {
      return count;
    }
    long early = from;
    long late = count;
    while (late - early > 1) {
      long middle = (early + late) >>> 1;
      if (leadsTo(claimed, memory, lie, mode, middle)) {
        late = middle;
      } else {
        early = middle;
      }
    }
    return late;
  }

  private static boolean leadsTo(
      Bytes32 claimed, MemorySnapshot memory, Lie lie, GraphMode mode, long turn) {
    try (GuestMachineTrace lying = at(memory, lie, mode, turn)) {
      return lying.stateAt(InstructionIndex.END).lowerRoot().equals(claimed);
    }
  }

  private static GuestMachineTrace at(MemorySnapshot memory, Lie lie, GraphMode mode, long turn) {
    Machine machine = Machine.start(memory, lie.node(), mode);
    machine.runTo(new InstructionIndex(turn));
    long[] page = machine.memory().pageForStore(lie.address(), Integer.BYTES);
    if (page == null) {
      throw new IllegalArgumentException("the machine may not store at the lie's address");
    }
    long word = GuestMemory.load(page, lie.address());
    GuestMemory.store(page, lie.address(), 0xffff_ffffL, word ^ lie.mask());
    return new GuestMachineTrace(machine);
  }

  /**
   * First boundary from which the word has its final value, given that the node changes it at most
   * once; {@code count} if it never changes.
   */
  private static long lastChange(
      MemorySnapshot memory, Lie lie, GraphMode mode, long count, int last) {
    Machine machine = Machine.start(memory, lie.node(), mode);
    if (word(machine, lie) == last) {
      return count;
    }
    long before = 0;
    long after = count;
    var base = machine.snapshot();
    while (after - before > 1) {
      long middle = (before + after) >>> 1;
      Machine probe = base.resume();
      probe.runTo(new InstructionIndex(middle));
      if (word(probe, lie) == last) {
        after = middle;
      } else {
        before = middle;
        base = probe.snapshot();
      }
    }
    return after;
  }

  private static int word(Machine machine, Lie lie) {
    byte[] bytes = new byte[Integer.BYTES];
    machine.memory().read(lie.address(), bytes);
    return (int) WORD.get(bytes, 0);
  }

  private GuestMachineTrace traceAt(InstructionIndex boundary) {
    return boundary.value() < turn ? honest : tampered;
  }

  @Override
  public List<MachineStateHash> hashesAt(List<InstructionIndex> boundaries) {
    List<InstructionIndex> early = boundaries.stream().filter(b -> b.value() < turn).toList();
    List<MachineStateHash> hashes = new ArrayList<>(honest.hashesAt(early));
    hashes.addAll(tampered.hashesAt(boundaries.subList(early.size(), boundaries.size())));
    return hashes;
  }

  @Override
  public MachineState stateAt(InstructionIndex boundary) {
    return traceAt(boundary).stateAt(boundary);
  }

  @Override
  public Witness witnessAt(InstructionIndex index) {
    return traceAt(index).witnessAt(index);
  }

  @Override
  public String disassemble(InstructionIndex index) {
    return traceAt(index).disassemble(index);
  }

  @Override
  public long instructionCount() {
    return tampered.instructionCount();
  }

  @Override
  public void close() {
    honest.close();
    tampered.close();
  }
}
