package dev.opml.dispute;

/**
 * A block of the chain.
 *
 * @param number height, from 0
 * @param time timestamp in seconds since 1970; never less than that of an earlier block
 */
public record Block(long number, long time) {}
