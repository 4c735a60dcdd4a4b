/** Architectures of model files: what a GGUF file says, as a model that a graph is built of. */
@NullMarked
package dev.opml.vm.architecture;

import org.jspecify.annotations.NullMarked;
