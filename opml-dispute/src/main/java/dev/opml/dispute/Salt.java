package dev.opml.dispute;

import dev.opml.api.Bytes32;

/** Number that makes a seal unguessable; known to its proposer until the reveal. */
public record Salt(Bytes32 value) {}
