package dev.opml.api.image;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.SiblingPath;

/**
 * All that an arbiter needs to register a model: the image root and openings of the parts it must
 * look at. Paths lead from the region's subtree (for the header: from its leaf) to the image root,
 * height {@link MemoryRegion#PERSISTENT_DEPTH}.
 *
 * @param imageRoot root of the image
 * @param header the graph's header leaf
 * @param headerPath path of the header leaf
 * @param programRoot root of the program region
 * @param programPath path of the program region
 * @param inputPath path of the input region, which is zero in an image
 * @param outputPath path of the output region, which is zero in an image
 * @param statePath path of the state region, which is zero in an image
 */
public record Registration(
    ImageRoot imageRoot,
    GraphHeader header,
    SiblingPath headerPath,
    Bytes32 programRoot,
    SiblingPath programPath,
    SiblingPath inputPath,
    SiblingPath outputPath,
    SiblingPath statePath) {}
