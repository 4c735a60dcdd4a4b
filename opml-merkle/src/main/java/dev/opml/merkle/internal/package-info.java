/** Keccak kernels and the nodes of memory trees. Not exported. */
@NullMarked
package dev.opml.merkle.internal;

import org.jspecify.annotations.NullMarked;
