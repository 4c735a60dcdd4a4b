package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.merkle.Keccak256;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A state's hash and what is said to open it, which may be anything.
 *
 * @param preState the hash
 * @param bytes the witness; not copied
 */
record StepWitness(MachineStateHash preState, byte[] bytes) {
  /** Bytes of a state. */
  static final int STATE_LENGTH = 297;

  /** Bytes before the openings. */
  static final int HEADER_LENGTH = STATE_LENGTH + 1;

  static final int PC_OFFSET = 32;
  static final int COUNT_OFFSET = 40;
  static final int STATUS_OFFSET = 48;
  static final int LEAF_LENGTH = 128;

  /** A witness of the state that it begins with. */
  static StepWitness of(byte[] bytes) {
    return new StepWitness(new MachineStateHash(Keccak256.hash(bytes, 0, STATE_LENGTH)), bytes);
  }

  /** Bytes of the opening that starts at an offset; the witness must be long enough. */
  static int openingLength(byte[] bytes, int offset) {
    long bitmap = ByteBuffer.wrap(bytes).getLong(offset + LEAF_LENGTH);
    return LEAF_LENGTH + Long.BYTES + Bytes32.SIZE * Long.bitCount(bitmap);
  }

  /** Number of openings that the witness announces. */
  int announced() {
    return bytes[STATE_LENGTH] & 0xff;
  }

  /** The instruction word that the witness opens; 0 if it opens none. */
  int word() {
    int offset = HEADER_LENGTH + (bytes[PC_OFFSET + 7] & LEAF_LENGTH - 1);
    return announced() == 0 ? 0 : Integer.reverseBytes(ByteBuffer.wrap(bytes).getInt(offset));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StepWitness that
        && preState.equals(that.preState)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return preState + " by " + HexFormat.of().formatHex(bytes);
  }
}
