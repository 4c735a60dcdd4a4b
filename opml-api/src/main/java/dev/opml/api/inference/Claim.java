package dev.opml.api.inference;

import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;

/**
 * A statement that anybody can check: this model, asked this, answers that, and its memory ends
 * with this root.
 *
 * @param modelId the model
 * @param request what was asked
 * @param output generated tokens
 * @param finalRoot state root after the last node, {@code S_N}
 */
public record Claim(
    ModelId modelId, InferenceRequest request, TokenIds output, StateRoot finalRoot) {}
