/**
 * Proposers, verifiers and challengers: event loops that derive every move from the chain and their
 * own trace.
 */
@NullMarked
package dev.opml.dispute.agent;

import org.jspecify.annotations.NullMarked;
