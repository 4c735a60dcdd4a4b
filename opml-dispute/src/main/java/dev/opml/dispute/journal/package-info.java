/** A write-ahead journal of what an agent is about to send, and of answers not yet revealed. */
@NullMarked
package dev.opml.dispute.journal;

import org.jspecify.annotations.NullMarked;
