/**
 * The arithmetic of the operators (docs/numerics.md), on arrays: a scalar reference and vector
 * kernels that compute the same bits. Nothing here knows about graphs or addresses.
 */
@NullMarked
package dev.opml.vm.kernel;

import org.jspecify.annotations.NullMarked;
