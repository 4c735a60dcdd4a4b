package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.SiblingPath;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.ZeroSubtrees;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** The fields of a registration as a contract gets them. */
final class RawRegistration {
  /** Paths, in the order of the struct. */
  static final int HEADER = 0;

  static final int PROGRAM = 1;
  static final int INPUT = 2;
  static final int OUTPUT = 3;
  static final int STATE = 4;

  private static final MemoryRegion[] REGIONS = {
    MemoryRegion.GRAPH,
    MemoryRegion.PROGRAM,
    MemoryRegion.INPUT,
    MemoryRegion.OUTPUT,
    MemoryRegion.STATE
  };

  final byte[] header;
  byte[] root;
  byte[] programRoot;
  final byte[][] paths;

  RawRegistration(MerkleTree image, byte[] header) {
    this.header = header;
    root = image.root().toByteArray();
    programRoot = image.subtreeRoot(MemoryRegion.PROGRAM).toByteArray();
    paths = new byte[REGIONS.length][];
    paths[HEADER] = image.path(0, MemoryRegion.GRAPH.firstLeaf()).encoded();
    for (int i = PROGRAM; i <= STATE; i++) {
      paths[i] = image.path(REGIONS[i]).encoded();
    }
  }

  /** An image with a header leaf, and some content in some of the regions that may have it. */
  static MerkleTree image(Random random, byte[] header) {
    MerkleTree image =
        MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH)
            .withBytes(MemoryRegion.GRAPH.base(), Arrays.copyOf(header, MemoryRegion.LEAF_SIZE));
    for (MemoryRegion region :
        new MemoryRegion[] {MemoryRegion.PROGRAM, MemoryRegion.GRAPH, MemoryRegion.MODEL}) {
      for (int i = random.nextInt(4); i > 0; i--) {
        image = withLeaf(random, image, region);
      }
    }
    return image;
  }

  /** Behind the first leaf, which is the header in one of them. */
  static MerkleTree withLeaf(Random random, MerkleTree image, MemoryRegion region) {
    byte[] leaf = new byte[MemoryRegion.LEAF_SIZE];
    random.nextBytes(leaf);
    long leaves = region.size() / MemoryRegion.LEAF_SIZE;
    // Any distance has the same chance on every level.
    long at = Math.min(leaves - 1, 1L + (random.nextLong(leaves) >>> random.nextInt(20)));
    return image.withBytes(region.base() + at * MemoryRegion.LEAF_SIZE, leaf);
  }

  /**
   * The registration that these fields say.
   *
   * @throws RuntimeException one of those for a value that cannot be
   */
  Registration toRegistration() {
    return new Registration(
        new ImageRoot(Bytes32.of(root)),
        GraphHeader.decode(header),
        SiblingPath.of(paths[HEADER]),
        Bytes32.of(programRoot),
        SiblingPath.of(paths[PROGRAM]),
        SiblingPath.of(paths[INPUT]),
        SiblingPath.of(paths[OUTPUT]),
        SiblingPath.of(paths[STATE]));
  }

  /** The struct. */
  Abi encoded() {
    return Abi.struct(
        Abi.word(Bytes32.of(root)),
        Abi.data(header),
        Abi.data(paths[HEADER]),
        Abi.word(Bytes32.of(programRoot)),
        Abi.data(paths[PROGRAM]),
        Abi.data(paths[INPUT]),
        Abi.data(paths[OUTPUT]),
        Abi.data(paths[STATE]));
  }

  /** Changes one of the paths, mostly to one that leads elsewhere or is in another encoding. */
  void spoilPath(Random random) {
    int i = random.nextInt(paths.length);
    int height = i == HEADER ? 0 : REGIONS[i].height();
    paths[i] =
        random.nextInt(6) == 0
            ? paths[random.nextInt(paths.length)]
            : spoiled(random, paths[i], height);
  }

  /** Another path. */
  static byte[] spoiled(Random random, byte[] path, int height) {
    byte[] other = path.clone();
    return switch (random.nextInt(5)) {
      case 0 -> {
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        yield other;
      }
      case 1 -> {
        other[random.nextInt(Long.BYTES)] ^= (byte) (1 << random.nextInt(8));
        yield other;
      }
      case 2 -> Arrays.copyOf(other, random.nextInt(other.length + 40));
      default -> withZeroSibling(random, other, height);
    };
  }

  /** A path that leads to the same root, with a zero subtree that should be left out. */
  private static byte[] withZeroSibling(Random random, byte[] path, int height) {
    long bitmap = ByteBuffer.wrap(path).getLong();
    int level = random.nextInt(MemoryRegion.PERSISTENT_DEPTH - height);
    if ((bitmap >>> level & 1) != 0) {
      return path;
    }
    int before = Long.BYTES + Bytes32.SIZE * Long.bitCount(bitmap & ((1L << level) - 1));
    byte[] longer = Arrays.copyOf(path, path.length + Bytes32.SIZE);
    ByteBuffer.wrap(longer).putLong(bitmap | 1L << level);
    System.arraycopy(path, before, longer, before + Bytes32.SIZE, path.length - before);
    ZeroSubtrees.root(height + level).write(longer, before);
    return longer;
  }
}
