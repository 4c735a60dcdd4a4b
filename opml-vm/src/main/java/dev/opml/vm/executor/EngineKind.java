package dev.opml.vm.executor;

/** What computes an inference. All give the same bytes. */
public enum EngineKind {
  /** Native, on the Vector API where this JVM has it, else scalar. */
  VECTOR,
  /** Native, scalar kernels only. */
  SCALAR,
  /** The guest program in the RV64IM machine: thousands of times slower, for checks. */
  GUEST
}
