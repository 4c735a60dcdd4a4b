/**
 * Liars, for tests and demonstrations: traces that claim something false and play on consistently.
 */
@NullMarked
package dev.opml.dispute.liar;

import org.jspecify.annotations.NullMarked;
