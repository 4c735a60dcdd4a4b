package dev.opml.dispute.chain;

import dev.opml.api.Bytes32;

/**
 * Where a model's file can be found, for people and verifiers. Nothing checks it: what counts is
 * that the file leads to the model id.
 *
 * @param fileHash SHA-256 of the GGUF file
 * @param location address of the file
 */
public record ModelSource(Bytes32 fileHash, String location) {}
