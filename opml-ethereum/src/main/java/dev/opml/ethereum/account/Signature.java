package dev.opml.ethereum.account;

import dev.opml.api.Bytes32;

/**
 * A signature over secp256k1.
 *
 * @param r its first number, big-endian
 * @param s its second number, big-endian; in the lower half of the group's order
 * @param oddY whether the y of the point with the x {@code r} is odd
 */
public record Signature(Bytes32 r, Bytes32 s, boolean oddY) {}
