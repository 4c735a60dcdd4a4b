package dev.opml.ethereum;

import static dev.opml.ethereum.StepWitness.HEADER_LENGTH;
import static dev.opml.ethereum.StepWitness.LEAF_LENGTH;
import static dev.opml.ethereum.StepWitness.STATE_LENGTH;

import dev.opml.api.Bytes32;
import dev.opml.api.MachineStateHash;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.ZeroSubtrees;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Witnesses that an adversary has altered. Nearly all of it is invalid, and not all for the same
 * reason.
 */
final class AlteredWitnesses {
  private final Random random;

  AlteredWitnesses(long seed) {
    random = new Random(seed);
  }

  /** Something else than the witness, in nearly all cases. */
  StepWitness alter(StepWitness original) {
    byte[] bytes = original.bytes().clone();
    MachineStateHash state = original.preState();
    return switch (random.nextInt(17)) {
      case 0 -> new StepWitness(state, flipped(bytes, random.nextInt(bytes.length)));
      case 1 -> rehashed(flipped(bytes, random.nextInt(STATE_LENGTH)));
      case 2 -> new StepWitness(state, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 3 -> new StepWitness(state, withoutZerosAtTheEnd(bytes));
      case 4 -> new StepWitness(state, longer(bytes));
      case 5 -> new StepWitness(state, with(bytes, STATE_LENGTH, anyOf(0, 1, 2, 3, 4, 128, 255)));
      case 6 -> new StepWitness(state, zeroSubtreeListed(bytes));
      case 7 -> new StepWitness(state, siblingRemoved(bytes));
      case 8 -> new StepWitness(state, siblingAboveTheTree(bytes));
      case 9 -> rehashed(with(bytes, StepWitness.STATUS_OFFSET, anyOf(0, 1, 2, 3, 4, 127, 255)));
      case 10 -> rehashed(withLong(bytes, StepWitness.COUNT_OFFSET, -1 - random.nextInt(2)));
      case 11 -> new StepWitness(state, openings(bytes));
      case 12 -> ended(bytes);
      case 13 -> new StepWitness(state, reordered(bytes));
      case 14 -> new StepWitness(state, bitmapChanged(bytes));
      case 15 -> rehashed(withLong(bytes, 49 + 8 * random.nextInt(31), 8 * random.nextInt(99)));
      default -> new StepWitness(state, inserted(bytes));
    };
  }

  /** Another state with the same rest, where there is a state. */
  private static StepWitness rehashed(byte[] bytes) {
    return StepWitness.of(bytes);
  }

  private byte[] flipped(byte[] bytes, int at) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return bytes;
  }

  private static byte[] withLong(byte[] bytes, int at, long value) {
    ByteBuffer.wrap(bytes).putLong(at, value);
    return bytes;
  }

  private int anyOf(int... values) {
    return values[random.nextInt(values.length)];
  }

  /** Bytes that a reader would find all the same if it read on behind the end. */
  private byte[] withoutZerosAtTheEnd(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[bytes.length - 1 - zeros] == 0) {
      zeros++;
    }
    return Arrays.copyOf(bytes, bytes.length - (zeros == 0 ? 1 : 1 + random.nextInt(zeros)));
  }

  private byte[] longer(byte[] bytes) {
    byte[] more =
        Arrays.copyOf(bytes, bytes.length + (random.nextBoolean() ? 1 : anyOf(8, 32, 64, 136)));
    if (random.nextBoolean()) {
      more[more.length - 1] = 1;
    }
    return more;
  }

  /** Start of one of the openings; 0 if there is none. */
  private int opening(byte[] bytes) {
    int announced = bytes[STATE_LENGTH];
    int first = HEADER_LENGTH;
    if (announced == 0 || bytes.length < first + LEAF_LENGTH + Long.BYTES) {
      return 0;
    }
    return announced == 1 || random.nextBoolean()
        ? first
        : first + StepWitness.openingLength(bytes, first);
  }

  private byte[] zeroSubtreeListed(byte[] bytes) {
    int opening = opening(bytes);
    if (opening == 0) {
      return longer(bytes);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int bitmapAt = opening + LEAF_LENGTH;
    long bitmap = buffer.getLong(bitmapAt);
    int level = random.nextInt(MemoryRegion.MEMORY_DEPTH);
    if ((bitmap >>> level & 1) == 1) {
      return siblingRemoved(bytes);
    }
    buffer.putLong(bitmapAt, bitmap | 1L << level);
    return insert(
        bytes, siblingAt(bitmapAt, bitmap, level), ZeroSubtrees.root(level).toByteArray());
  }

  private byte[] siblingRemoved(byte[] bytes) {
    int opening = opening(bytes);
    if (opening == 0) {
      return longer(bytes);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int bitmapAt = opening + LEAF_LENGTH;
    long bitmap = buffer.getLong(bitmapAt);
    int level = random.nextInt(MemoryRegion.MEMORY_DEPTH);
    if ((bitmap >>> level & 1) == 0) {
      return flipped(bytes, bitmapAt);
    }
    int at = siblingAt(bitmapAt, bitmap, level);
    buffer.putLong(bitmapAt, bitmap & ~(1L << level));
    byte[] less = Arrays.copyOf(bytes, bytes.length - Bytes32.SIZE);
    System.arraycopy(bytes, at + Bytes32.SIZE, less, at, less.length - at);
    return less;
  }

  private byte[] siblingAboveTheTree(byte[] bytes) {
    int opening = opening(bytes);
    if (opening == 0) {
      return longer(bytes);
    }
    int bitmapAt = opening + LEAF_LENGTH;
    long bitmap = ByteBuffer.wrap(bytes).getLong(bitmapAt);
    int level = MemoryRegion.MEMORY_DEPTH + random.nextInt(64 - MemoryRegion.MEMORY_DEPTH);
    ByteBuffer.wrap(bytes).putLong(bitmapAt, bitmap | 1L << level);
    return random.nextBoolean()
        ? bytes
        : insert(bytes, siblingAt(bitmapAt, bitmap, level), new byte[Bytes32.SIZE]);
  }

  private static int siblingAt(int bitmapAt, long bitmap, int level) {
    return bitmapAt + Long.BYTES + Bytes32.SIZE * Long.bitCount(bitmap & (1L << level) - 1);
  }

  private static byte[] insert(byte[] bytes, int at, byte[] inserted) {
    byte[] more = Arrays.copyOf(bytes, bytes.length + inserted.length);
    System.arraycopy(bytes, at, more, at + inserted.length, bytes.length - at);
    System.arraycopy(inserted, 0, more, at, inserted.length);
    return more;
  }

  /** Swaps openings, or has one more, or one less. */
  private byte[] openings(byte[] bytes) {
    if (bytes[STATE_LENGTH] == 0) {
      return longer(with(bytes, STATE_LENGTH, 1));
    }
    int length = StepWitness.openingLength(bytes, HEADER_LENGTH);
    byte[] first = Arrays.copyOfRange(bytes, HEADER_LENGTH, HEADER_LENGTH + length);
    byte[] rest = Arrays.copyOfRange(bytes, HEADER_LENGTH + length, bytes.length);
    byte[] head = Arrays.copyOf(bytes, HEADER_LENGTH);
    int announced = bytes[STATE_LENGTH];
    return switch (random.nextInt(4)) {
      case 0 -> joined(head, rest, first);
      case 1 -> joined(with(head, STATE_LENGTH, announced + 1), first, joined(rest, first));
      case 2 -> joined(with(head, STATE_LENGTH, announced - 1), first);
      default -> joined(with(head, STATE_LENGTH, 2), first, first);
    };
  }

  private static byte[] joined(byte[]... parts) {
    ByteBuffer joined =
        ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }

  /** The machine has ended, with the openings or without. */
  private StepWitness ended(byte[] bytes) {
    bytes[StepWitness.STATUS_OFFSET] = (byte) (1 + random.nextInt(2));
    if (random.nextBoolean()) {
      return rehashed(bytes);
    }
    return rehashed(with(Arrays.copyOf(bytes, HEADER_LENGTH), STATE_LENGTH, random.nextInt(2)));
  }

  private byte[] reordered(byte[] bytes) {
    int length = anyOf(1, 8, 32);
    int a = random.nextInt(bytes.length - length);
    int b = random.nextInt(bytes.length - length);
    byte[] part = Arrays.copyOfRange(bytes, a, a + length);
    System.arraycopy(bytes, b, bytes, a, length);
    System.arraycopy(part, 0, bytes, b, length);
    return bytes;
  }

  private byte[] bitmapChanged(byte[] bytes) {
    int opening = opening(bytes);
    return opening == 0
        ? longer(bytes)
        : flipped(bytes, opening + LEAF_LENGTH + random.nextInt(Long.BYTES));
  }

  private byte[] inserted(byte[] bytes) {
    byte[] part = new byte[anyOf(1, 8, 32)];
    if (random.nextBoolean()) {
      random.nextBytes(part);
    }
    return insert(bytes, random.nextInt(bytes.length + 1), part);
  }
}
