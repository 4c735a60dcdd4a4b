package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.ZeroSubtrees;
import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Well-formed witnesses of states that no program need reach: one or two leaves and siblings at
 * random, all of them or none, and a root that follows from these. So a step takes any path.
 */
final class RandomWitnesses {
  private static final int DEPTH = MemoryRegion.MEMORY_DEPTH;
  private static final int[] OPCODES = {
    0x37, 0x17, 0x6f, 0x67, 0x63, 0x63, 0x03, 0x03, 0x03, 0x23, 0x23, 0x13, 0x13, 0x13, 0x1b, 0x1b,
    0x1b, 0x33, 0x33, 0x33, 0x33, 0x3b, 0x3b, 0x3b, 0x0f, 0x73
  };
  private static final int[] SYSTEM = {
    0x73, 0x73, 0x0010_0073, 0x3020_0073, 0x1050_0073, 0xc000_2573, 0xf3, 0x8073, 0x0020_0073
  };
  private static final int[] FUNCT7 = {0, 0, 0, 1, 1, 1, 32, 32, 2, 33, 64, 127};
  private static final long[] CORNERS = {
    0,
    1,
    2,
    -1,
    -2,
    Long.MIN_VALUE,
    Long.MAX_VALUE,
    Integer.MIN_VALUE,
    Integer.MAX_VALUE,
    0xffff_ffffL,
    0x8000_0000L,
    1L << 32,
    31,
    32,
    63,
    64,
    93,
    MemoryRegion.SCRATCH.base(),
    1L << 40,
    (1L << 28) - 4,
    MemoryRegion.MODEL.base(),
    (1L << 40) - 8
  };

  private final Random random;

  RandomWitnesses(long seed) {
    random = new Random(seed);
  }

  /** A place in the tree: a leaf and its siblings from the lowest up. */
  private record Place(long index, byte[] leaf, Bytes32[] siblings) {
    /** Root of the subtree of a height that the leaf lies in. */
    Bytes32 root(int height) {
      Bytes32 root = Keccak256.leaf(leaf, 0);
      for (int level = 0; level < height; level++) {
        root =
            (index >>> level & 1) == 0
                ? Keccak256.node(root, siblings[level])
                : Keccak256.node(siblings[level], root);
      }
      return root;
    }

    void write(ByteBuffer out) {
      out.put(leaf);
      int bitmapAt = out.position();
      long bitmap = 0;
      out.putLong(0);
      for (int level = 0; level < DEPTH; level++) {
        if (!siblings[level].equals(ZeroSubtrees.root(level))) {
          bitmap |= 1L << level;
          out.put(siblings[level].toByteArray());
        }
      }
      out.putLong(bitmapAt, bitmap);
    }
  }

  /** A step of any kind; most are of instructions. */
  StepWitness next() {
    return switch (random.nextInt(40)) {
      case 0 -> ended();
      case 1 -> notFetched();
      case 2 -> of(random.nextInt());
      case 3 -> of(0);
      case 4 -> of(SYSTEM[random.nextInt(SYSTEM.length)]);
      default -> of(instruction());
    };
  }

  /** A word with one of the opcodes that mean something; some are illegal all the same. */
  private int instruction() {
    int word;
    do {
      word = random.nextInt() & ~0x7f | OPCODES[random.nextInt(OPCODES.length)];
      if (random.nextInt(4) > 0) {
        word = word & 0x01ff_ffff | FUNCT7[random.nextInt(FUNCT7.length)] << 25;
      }
    } while (Decoder.decode(word).operation() == Operation.ILLEGAL && random.nextInt(8) > 0);
    return word;
  }

  private StepWitness ended() {
    return StepWitness.of(
        state(bytes(Bytes32.SIZE), value(), 1 + random.nextInt(2), registers())
            .put((byte) 0)
            .array());
  }

  private StepWitness notFetched() {
    long pc =
        switch (random.nextInt(4)) {
          case 0 -> fetchAddress() | 1 + random.nextInt(3);
          case 1 -> (1L << 28) + 4 * (random.nextInt(2) * random.nextInt(100));
          case 2 -> -4L * (1 + random.nextInt(100));
          default -> random.nextLong() & -4 | 1L << 28 + random.nextInt(36);
        };
    return StepWitness.of(state(bytes(Bytes32.SIZE), pc, 0, registers()).put((byte) 0).array());
  }

  /** A step that fetches a word. */
  StepWitness of(int word) {
    long pc = fetchAddress();
    long[] registers = registers();
    long data = -1;
    int opcode = word & 0x7f;
    if (opcode == 0x73 && random.nextInt(4) > 0) {
      registers[17] = random.nextInt(4) > 0 ? 93 : 93 | 1L << 32 + random.nextInt(32);
    } else if (opcode == 0x67 && random.nextBoolean()) {
      setBase(registers, word, 4L * random.nextInt(1 << 26) + random.nextInt(2), word >> 20);
    } else if (opcode == 0x03 || opcode == 0x23) {
      data = aim(word, pc, registers);
    }
    Place fetch = new Place(pc / 128, leaf(), new Bytes32[DEPTH]);
    ByteBuffer.wrap(fetch.leaf).order(ByteOrder.LITTLE_ENDIAN).putInt((int) (pc & 127), word);
    List<Place> places = new ArrayList<>(List.of(fetch));
    if (data >= 0) {
      places.add(
          data / 128 == fetch.index ? fetch : new Place(data / 128, leaf(), new Bytes32[DEPTH]));
    }
    join(fetch, places.getLast());
    ByteBuffer out = state(fetch.root(DEPTH).toByteArray(), pc, 0, registers);
    out.put((byte) places.size());
    places.forEach(place -> place.write(out));
    return StepWitness.of(Arrays.copyOf(out.array(), out.position()));
  }

  /**
   * Lets a load or store have an address that is likely to be one.
   *
   * @return the address if it is accessed, else -1
   */
  private long aim(int word, long pc, long[] registers) {
    boolean load = (word & 0x7f) == 0x03;
    int funct3 = word >>> 12 & 7;
    long immediate = load ? word >> 20 : word >> 25 << 5 | word >>> 7 & 31;
    if (random.nextInt(8) > 0) {
      MemoryRegion region = MemoryRegion.values()[random.nextInt(7)];
      if (!load && random.nextInt(4) > 0) {
        region =
            List.of(MemoryRegion.OUTPUT, MemoryRegion.STATE, MemoryRegion.SCRATCH)
                .get(random.nextInt(3));
      }
      long offset =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(256);
            case 1 -> region.size() - random.nextInt(256) - 1;
            default -> random.nextLong() & region.size() - 1;
          };
      long target =
          random.nextInt(16) == 0 ? pc & -128 | random.nextInt(128) : region.base() + offset;
      target &= random.nextInt(8) == 0 ? -1 : -1L << (funct3 & 3);
      setBase(registers, word, target, immediate);
    }
    long address = registers[word >>> 15 & 31] + immediate;
    boolean aligned = (address & (1 << (funct3 & 3)) - 1) == 0;
    boolean allowed = load ? funct3 < 7 && address >>> 40 == 0 : funct3 < 4 && storable(address);
    return aligned && allowed ? address : -1;
  }

  private static boolean storable(long address) {
    return MemoryRegion.OUTPUT.contains(address)
        || MemoryRegion.STATE.contains(address)
        || MemoryRegion.SCRATCH.contains(address);
  }

  private static void setBase(long[] registers, int word, long target, long immediate) {
    int base = word >>> 15 & 31;
    if (base != 0) {
      registers[base] = target - immediate;
    }
  }

  /** Fills the siblings of two places of one tree, which may be the same. */
  private void join(Place a, Place b) {
    int density = random.nextInt(5);
    int fork = 64 - Long.numberOfLeadingZeros(a.index ^ b.index);
    for (int level = 0; level < DEPTH; level++) {
      a.siblings[level] = sibling(level, density);
      b.siblings[level] = level < fork ? sibling(level, density) : a.siblings[level];
    }
    if (fork > 0) {
      a.siblings[fork - 1] = b.root(fork - 1);
      b.siblings[fork - 1] = a.root(fork - 1);
    }
  }

  /**
   * Root of a subtree; many end with zeros, as what follows a witness in a call does.
   *
   * @param density 0 for zero subtrees only, 4 for none
   */
  private Bytes32 sibling(int level, int density) {
    if (random.nextInt(4) >= density) {
      return ZeroSubtrees.root(level);
    }
    byte[] bytes = bytes(Bytes32.SIZE);
    if (random.nextInt(4) == 0) {
      Arrays.fill(bytes, random.nextInt(Bytes32.SIZE), Bytes32.SIZE, (byte) 0);
    } else if (random.nextInt(32) == 0) {
      return ZeroSubtrees.root((level + 1 + random.nextInt(DEPTH - 1)) % DEPTH);
    }
    return Bytes32.of(bytes);
  }

  private long fetchAddress() {
    return switch (random.nextInt(4)) {
      case 0 -> 4L * random.nextInt(32);
      case 1 -> (1L << 28) - 4 * (1 + random.nextInt(32));
      default -> 4L * random.nextInt(1 << 26);
    };
  }

  private byte[] leaf() {
    return random.nextInt(8) == 0 ? new byte[128] : bytes(128);
  }

  private long[] registers() {
    long[] registers = new long[32];
    for (int i = 1; i < 32; i++) {
      registers[i] = value();
    }
    return registers;
  }

  private long value() {
    return random.nextBoolean()
        ? CORNERS[random.nextInt(CORNERS.length)]
        : random.nextLong() >> random.nextInt(64);
  }

  private ByteBuffer state(byte[] root, long pc, int status, long[] registers) {
    boolean open = status == 0 && pc % 4 == 0 && pc >>> 28 == 0;
    ByteBuffer out =
        ByteBuffer.allocate(StepWitness.HEADER_LENGTH + (open ? 2 * (136 + 32 * DEPTH) : 0));
    out.put(root).putLong(pc).putLong(value()).put((byte) status);
    for (int i = 1; i < 32; i++) {
      out.putLong(registers[i]);
    }
    return out;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
