/**
 * What a chain's events say of an arbiter: its state in one block, rebuilt without asking for any
 * of its parts.
 */
@NullMarked
package dev.opml.dispute.view;

import org.jspecify.annotations.NullMarked;
