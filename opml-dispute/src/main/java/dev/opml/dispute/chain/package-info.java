/**
 * What a chain offers: the arbiter's transactions, what can be read of its state, and its events.
 */
@NullMarked
package dev.opml.dispute.chain;

import org.jspecify.annotations.NullMarked;
