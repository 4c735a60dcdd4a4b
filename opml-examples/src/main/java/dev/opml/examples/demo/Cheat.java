package dev.opml.examples.demo;

/** What a liar lies about. */
public enum Cheat {
  /** One bit of one activation that a node writes. */
  NODE,
  /** A generated token. */
  TOKEN,
  /** One bit of anything that any node writes: activation, KV row, logit or token. */
  RANDOM
}
