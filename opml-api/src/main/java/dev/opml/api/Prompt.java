package dev.opml.api;

/** The data that a model starts from: token ids, or for a network on bytes, a vector of them. */
public sealed interface Prompt permits TokenIds, ByteVector {
  /** Positions of the sequence that it takes: its tokens, or 1. */
  int positions();

  /** The bytes of the prompt in the input region (docs/image.md). */
  byte[] encode();
}
