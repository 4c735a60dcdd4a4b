package dev.opml.examples.bench;

/** What is timed. The first two are named as llama.cpp's llama-bench names them. */
public enum TestKind {
  /** Prefill of N prompt tokens, up to the first token drawn. */
  PP,
  /** Generating N tokens after a prompt of one. */
  TG,
  /** Checking a claim of N tokens generated after a prompt of one, final root included. */
  VERIFY,
  /** Generating N tokens after a prompt of one, with a root for every node. */
  TRACE
}
