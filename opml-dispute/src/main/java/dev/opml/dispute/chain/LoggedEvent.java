package dev.opml.dispute.chain;

import dev.opml.dispute.Block;

/**
 * An event with its place.
 *
 * @param block the block
 * @param index running number of the event at its arbiter, from 0
 */
public record LoggedEvent(Block block, long index, ArbiterEvent event) {}
