package dev.opml.dispute.chain;

import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;

/**
 * An event with its place.
 *
 * @param hash the block
 * @param block the block's number and time
 * @param index place of the event among those of its arbiter in the block, from 0
 */
public record LoggedEvent(BlockHash hash, Block block, int index, ArbiterEvent event) {}
