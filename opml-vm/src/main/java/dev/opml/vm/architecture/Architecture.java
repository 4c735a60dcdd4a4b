package dev.opml.vm.architecture;

import dev.opml.vm.graph.Model;

/**
 * A model architecture as GGUF files store it. To add one, implement this and list it in {@link
 * Architectures}. Implementations are immutable.
 */
interface Architecture {
  /** Value of {@code general.architecture}, and prefix of the architecture's metadata keys. */
  String name();

  /**
   * Reads a model. What it does not ask {@code file} for, and could change the result, is refused
   * afterwards.
   */
  Model read(SourceFile file);
}
