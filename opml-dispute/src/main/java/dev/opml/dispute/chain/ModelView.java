package dev.opml.dispute.chain;

import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.image.GraphHeader;

/**
 * A registered model.
 *
 * @param id its identity
 * @param imageRoot root of its image
 * @param header header of its graph
 * @param inputPath verified path of the input region to the image root
 */
public record ModelView(
    ModelId id, ImageRoot imageRoot, GraphHeader header, SiblingPath inputPath) {}
