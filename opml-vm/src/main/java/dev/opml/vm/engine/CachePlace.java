package dev.opml.vm.engine;

/**
 * The keys or the values of a KV cache, as the destination of HEADS.
 *
 * @param base address of the cache's first row
 * @param values whether it is the values
 */
record CachePlace(long base, boolean values) {}
