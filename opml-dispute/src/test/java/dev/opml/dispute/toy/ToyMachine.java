package dev.opml.dispute.toy;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.StateRoot;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.StepFunction;
import dev.opml.api.trace.Witness;
import dev.opml.merkle.MachineStates;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A machine whose state after any number of instructions has a closed form, so that a game over
 * 2^32 instructions takes no time. A node counts in x5, replaces memory's root at one instruction,
 * and then halts, faults or runs on for ever, all three as the node's number says. The witness is
 * the pre-state.
 */
public final class ToyMachine implements StepFunction {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final int COUNTER = 4;
  private static final int FIRST_ARGUMENT = 9;

  private final LongFunction<StateRoot> roots;
  private final long seed;

  /**
   * @param roots the true state root at a boundary between nodes
   */
  public ToyMachine(LongFunction<StateRoot> roots, long seed) {
    this.roots = roots;
    this.seed = seed;
  }

  private long draw(long node, int what, long bound) {
    long z = seed + GOLDEN * (3 * node + what + 1);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return Long.remainderUnsigned(z ^ (z >>> 31), bound);
  }

  /** Instructions until a node ends: few, many, or more than its trace has. */
  public long end(long node) {
    return switch ((int) draw(node, 0, 3)) {
      case 0 -> 1 + draw(node, 1, 100);
      case 1 -> 1 + draw(node, 1, 1L << 32);
      default -> Long.MAX_VALUE;
    };
  }

  /** End of a node, if it has one. */
  public MachineStatus endStatus(long node) {
    return draw(node, 0, 6) < 3 ? MachineStatus.HALTED : MachineStatus.FAULTED;
  }

  /** The instruction, counted from 1, that replaces the root. */
  private long write(long node) {
    return 1 + draw(node, 2, Math.min(end(node), 1L << 32));
  }

  /** The state after {@code count} instructions from a node's first state. */
  public MachineState stateAt(MachineState first, long count) {
    long node = node(first);
    long done = Math.min(count, end(node));
    List<Long> registers = new ArrayList<>(first.registers());
    registers.set(COUNTER, done * GOLDEN);
    return new MachineState(
        done >= write(node) ? roots.apply(node + 1).value() : first.lowerRoot(),
        first.upperRoot(),
        MachineState.ENTRY_POINT + 4 * done,
        done,
        done == end(node) ? endStatus(node) : MachineStatus.RUNNING,
        registers);
  }

  private static long node(MachineState state) {
    return Math.max(0, state.registers().get(FIRST_ARGUMENT));
  }

  @Override
  public MachineStateHash step(MachineStateHash preState, Witness witness) {
    MachineState pre = decode(witness.encoded());
    if (!MachineStates.hash(pre).equals(preState)) {
      throw new InvalidWitnessException("another state", 0);
    }
    if (pre.status() != MachineStatus.RUNNING) {
      return preState;
    }
    long node = node(pre);
    long done = pre.count() + 1;
    List<Long> registers = new ArrayList<>(pre.registers());
    registers.set(COUNTER, registers.get(COUNTER) + GOLDEN);
    return MachineStates.hash(
        new MachineState(
            done == write(node) ? roots.apply(node + 1).value() : pre.lowerRoot(),
            pre.upperRoot(),
            pre.pc() + 4,
            done,
            done == end(node) ? endStatus(node) : MachineStatus.RUNNING,
            registers));
  }

  /** The witness for a pre-state. */
  public static Witness witness(MachineState pre) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * 32 + 8 + 8 + 1 + 31 * 8);
    bytes.put(pre.lowerRoot().toByteArray()).put(pre.upperRoot().toByteArray());
    bytes.putLong(pre.pc()).putLong(pre.count()).put((byte) pre.status().code());
    pre.registers().forEach(bytes::putLong);
    return Witness.of(bytes.array());
  }

  private static MachineState decode(byte[] witness) {
    if (witness.length != 2 * 32 + 8 + 8 + 1 + 31 * 8) {
      throw new InvalidWitnessException("length " + witness.length, 0);
    }
    ByteBuffer bytes = ByteBuffer.wrap(witness).position(64);
    long pc = bytes.getLong();
    long count = bytes.getLong();
    int status = bytes.get();
    if (status < 0 || status > 2) {
      throw new InvalidWitnessException("status " + status, 80);
    }
    List<Long> registers = new ArrayList<>();
    while (bytes.hasRemaining()) {
      registers.add(bytes.getLong());
    }
    return new MachineState(
        Bytes32.read(witness, 0),
        Bytes32.read(witness, 32),
        pc,
        count,
        MachineStatus.values()[status],
        registers);
  }
}
