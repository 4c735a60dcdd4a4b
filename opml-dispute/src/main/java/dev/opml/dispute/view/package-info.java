/**
 * The state of an arbiter in one block, as a chain's events tell it, rebuilt without asking for any
 * of its parts.
 */
@NullMarked
package dev.opml.dispute.view;

import org.jspecify.annotations.NullMarked;
