package dev.opml.merkle;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import java.nio.ByteBuffer;
import java.util.List;

/** The encoding and hash of machine states (docs/image.md): fixed width, big-endian. */
public final class MachineStates {
  /** Length in bytes of an encoded machine state. */
  public static final int ENCODED_LENGTH = Bytes32.SIZE + 8 + 8 + 1 + 8 * MachineState.REGISTERS;

  private MachineStates() {}

  /** Hash of a machine state. */
  public static MachineStateHash hash(MachineState state) {
    return new MachineStateHash(Keccak256.hash(encode(state)));
  }

  /** Root of the whole memory of a machine state: the node above its two halves. */
  public static Bytes32 memoryRoot(MachineState state) {
    return Keccak256.node(state.lowerRoot(), state.upperRoot());
  }

  /** Encodes a machine state in {@link #ENCODED_LENGTH} bytes. */
  public static byte[] encode(MachineState state) {
    return encode(memoryRoot(state), state.pc(), state.count(), state.status(), state.registers());
  }

  /**
   * Encodes a machine state whose memory is known by one root only.
   *
   * @param memoryRoot root of the whole memory, height 33
   * @param pc program counter
   * @param count instructions executed
   * @param status running, halted or faulted
   * @param registers x1 to x31
   * @throws IllegalArgumentException if there are not 31 registers
   */
  public static byte[] encode(
      Bytes32 memoryRoot, long pc, long count, MachineStatus status, List<Long> registers) {
    if (registers.size() != MachineState.REGISTERS) {
      throw new IllegalArgumentException("expected 31 registers, got " + registers.size());
    }
    ByteBuffer encoded = ByteBuffer.allocate(ENCODED_LENGTH);
    encoded.put(memoryRoot.toByteArray()).putLong(pc).putLong(count).put((byte) status.code());
    registers.forEach(encoded::putLong);
    return encoded.array();
  }
}
