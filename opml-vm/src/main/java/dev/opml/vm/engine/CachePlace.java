package dev.opml.vm.engine;

/**
 * Where HEADS stores: the keys or the values of a KV cache.
 *
 * @param base address of the cache's first row
 * @param values whether it is the values
 */
record CachePlace(long base, boolean values) {}
