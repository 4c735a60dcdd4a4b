package dev.opml.vm.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Provides the memory that packed weights live in. Thread-safe. */
public interface WeightStore {
  /** Memory of the arena, packed anew every time. */
  WeightStore ANONYMOUS =
      (layout, bytes, packer, arena) -> {
        MemorySegment packed = arena.allocate(bytes, 64);
        packer.pack(packed);
        return packed;
      };

  /** Fills packed memory. */
  @FunctionalInterface
  interface Packer {
    /**
     * Packs the weights of a model.
     *
     * @param packed zeroed memory, aligned to at least 64 bytes, which any thread may write until
     *     this method returns; memory of an arena that is not shared may be written by its owner
     *     only
     */
    void pack(MemorySegment packed);
  }

  /**
   * The packed weights of the model that this store is for.
   *
   * @param layout name and version of the layout: for one model, the same layout and size have to
   *     mean the same bytes
   * @param bytes size
   * @param packer fills the memory; called only if there is no valid copy, and what it throws is
   *     thrown to the caller
   * @param arena owns what is returned, which is valid until the arena is closed
   * @return the packed bytes, aligned to at least 64 bytes, read-only where they are a mapped file
   * @throws IllegalArgumentException if {@code bytes} is negative or the layout's name too long
   */
  MemorySegment packed(String layout, long bytes, Packer packer, Arena arena);
}
