/**
 * Keccak-256, the Merkle tree of the machine memory, sibling paths, and the commitments made of
 * them.
 */
@NullMarked
package dev.opml.merkle;

import org.jspecify.annotations.NullMarked;
