/** The arbiter in this process: the embedded default, and the reference for the contracts. */
@NullMarked
package dev.opml.dispute.local;

import org.jspecify.annotations.NullMarked;
