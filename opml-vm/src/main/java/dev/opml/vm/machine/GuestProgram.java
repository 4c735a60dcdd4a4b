package dev.opml.vm.machine;

import dev.opml.api.Bytes32;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.elf.ElfProgram;
import dev.opml.vm.elf.ElfSegment;
import dev.opml.vm.elf.MalformedElfException;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * The content of the program region: the segments of a guest ELF, zero elsewhere. Immutable and
 * thread-safe.
 */
public final class GuestProgram {
  private static final String BUNDLED = "/dev/opml/vm/guest/opml-guest-v2.elf";

  private final List<MemoryExtent> extents;
  private final MerkleTree tree;

  private GuestProgram(List<MemoryExtent> extents, MerkleTree tree) {
    this.extents = extents;
    this.tree = tree;
  }

  /**
   * Reads a static RV64IM executable whose entry point is 0x10000 and whose segments all lie in the
   * program region, none writable.
   *
   * @param elf the file; copied
   * @throws MalformedElfException if it is anything else
   */
  public static GuestProgram load(byte[] elf) {
    List<MemoryExtent> segments =
        ElfProgram.readGuest(elf).segments().stream().map(GuestProgram::zeroFilled).toList();
    MemorySnapshot bytes =
        MemorySnapshot.of(segments, MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH));
    MerkleTree tree = MerkleTree.zero(MemoryRegion.PROGRAM.height());
    for (MemoryExtent segment : segments) {
      long start = segment.base() & -MemoryRegion.LEAF_SIZE;
      byte[] leaves =
          new byte
              [(int) (segment.end() - start + MemoryRegion.LEAF_SIZE - 1)
                  & -MemoryRegion.LEAF_SIZE];
      bytes.read(start, leaves);
      tree = tree.withBytes(start, leaves);
    }
    return new GuestProgram(segments, tree);
  }

  private static MemoryExtent zeroFilled(ElfSegment segment) {
    byte[] bytes = segment.content().bytes().toArray(ValueLayout.JAVA_BYTE);
    return MemoryExtent.of(segment.base(), Arrays.copyOf(bytes, (int) segment.size()));
  }

  /**
   * The guest program of image format version 2 that comes with this library.
   *
   * @throws IllegalStateException if the library was packed without it
   */
  public static GuestProgram bundled() {
    try (InputStream elf = GuestProgram.class.getResourceAsStream(BUNDLED)) {
      if (elf == null) {
        throw new IllegalStateException("no resource " + BUNDLED);
      }
      return load(elf.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The segments, by ascending address. */
  public List<MemoryExtent> extents() {
    return extents;
  }

  /** The tree of the program region. */
  public MerkleTree tree() {
    return tree;
  }

  /** Root of the program region. */
  public Bytes32 root() {
    return tree.root();
  }
}
