/** Tokenizers, made from the vocabulary that a GGUF file carries. */
@NullMarked
package dev.opml.vm.tokenizer;

import org.jspecify.annotations.NullMarked;
