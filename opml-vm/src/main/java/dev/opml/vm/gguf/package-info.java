/**
 * GGUF files, read in place: metadata, tensor descriptions and tensor bytes of a memory-mapped
 * file. Files come from strangers, so every malformed one ends in a typed {@link
 * dev.opml.api.OpmlException}.
 */
@NullMarked
package dev.opml.vm.gguf;

import org.jspecify.annotations.NullMarked;
