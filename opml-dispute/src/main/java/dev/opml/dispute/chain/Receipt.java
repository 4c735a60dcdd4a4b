package dev.opml.dispute.chain;

import dev.opml.dispute.BlockHash;
import dev.opml.dispute.Wei;

/**
 * A transaction's place in a chain.
 *
 * @param block the block
 * @param number the block's number
 * @param gasUsed gas that it took; 0 where there is none
 * @param gasPrice price of a unit of gas
 */
public record Receipt(BlockHash block, long number, long gasUsed, Wei gasPrice) {}
