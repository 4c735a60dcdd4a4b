/**
 * The rules of a game as pure functions on positions: the state machine that every arbiter
 * implements.
 */
@NullMarked
package dev.opml.dispute.game;

import org.jspecify.annotations.NullMarked;
