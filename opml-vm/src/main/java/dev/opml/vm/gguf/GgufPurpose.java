package dev.opml.vm.gguf;

/** The purpose of opening a file. Both check all that reading the file in place relies on. */
enum GgufPurpose {
  /** To compute with its tensors: what opML does not compute with is refused. */
  COMPUTE,
  /** To say what is in it. */
  DESCRIBE
}
