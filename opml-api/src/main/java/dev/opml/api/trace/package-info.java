/**
 * All that a player of a dispute knows: state roots of nodes, machine states of instructions,
 * witnesses.
 */
@NullMarked
package dev.opml.api.trace;

import org.jspecify.annotations.NullMarked;
