package dev.opml.vm.kernel.attention;

/**
 * Shape of the KV rows of a layer: keys of all heads, then values, as binary16.
 *
 * @param heads key/value heads
 * @param headDim elements of a head
 * @param stride bytes from one position's row to the next
 * @param valueOffset bytes from a row's keys to its values
 */
public record KvLayout(int heads, int headDim, int stride, int valueOffset) {}
