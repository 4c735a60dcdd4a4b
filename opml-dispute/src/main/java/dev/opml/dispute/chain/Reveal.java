package dev.opml.dispute.chain;

import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.dispute.Salt;

/**
 * The opening of a seal.
 *
 * @param finalRoot {@code S_N}
 * @param outputPath path of the output region to {@code finalRoot}
 * @param salt the seal's salt
 */
public record Reveal(StateRoot finalRoot, SiblingPath outputPath, Salt salt) {}
