/** A write-ahead journal of what an agent is about to send. */
@NullMarked
package dev.opml.dispute.journal;

import org.jspecify.annotations.NullMarked;
