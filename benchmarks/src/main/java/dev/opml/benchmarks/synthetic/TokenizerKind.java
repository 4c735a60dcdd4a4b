package dev.opml.benchmarks.synthetic;

/** Kinds of tokenizers that a file can have. */
public enum TokenizerKind {
  /** SentencePiece byte-pair encoding, as of Llama 2: what opML tokenizes with. */
  SPM,
  /** Byte-level byte-pair encoding, as of Llama 3: what llama3.java insists on. */
  GPT2
}
