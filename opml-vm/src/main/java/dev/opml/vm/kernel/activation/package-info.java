/**
 * The vectors that matrices are multiplied with, and the int8 forms of them that kernels read. It
 * depends on {@code arithmetic} only.
 */
@NullMarked
package dev.opml.vm.kernel.activation;

import org.jspecify.annotations.NullMarked;
