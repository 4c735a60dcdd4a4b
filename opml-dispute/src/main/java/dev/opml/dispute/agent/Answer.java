package dev.opml.dispute.agent;

import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;

/**
 * What a proposer claims.
 *
 * @param output generated tokens
 * @param finalRoot {@code S_N}
 * @param outputPath path of the output region to {@code finalRoot}
 */
public record Answer(TokenIds output, StateRoot finalRoot, SiblingPath outputPath) {}
