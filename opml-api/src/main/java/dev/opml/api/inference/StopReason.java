package dev.opml.api.inference;

/** Why generation ended. */
public enum StopReason {
  /** The number of tokens asked for was generated. */
  LENGTH,
  /** A stop token was generated (it is part of the output). */
  STOP_TOKEN,
  /** The answer is one of the request's choices. */
  CHOICE
}
