package dev.opml.dispute;

import dev.opml.api.Bytes32;

/** What makes a seal unguessable; known to its proposer until the reveal. */
public record Salt(Bytes32 value) {}
