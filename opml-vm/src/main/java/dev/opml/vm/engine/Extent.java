package dev.opml.vm.engine;

import java.lang.foreign.MemorySegment;

/**
 * Bytes at an address.
 *
 * @param address address of the first byte
 * @param bytes the bytes; not copied
 */
public record Extent(long address, MemorySegment bytes) {}
