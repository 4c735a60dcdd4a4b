package dev.opml.api.inference;

import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.image.GraphHeader;

/**
 * The model that an executor runs.
 *
 * @param modelId identity that consumers pin
 * @param imageRoot root of the program image
 * @param header the image's header leaf
 */
public record ModelDescription(ModelId modelId, ImageRoot imageRoot, GraphHeader header) {}
