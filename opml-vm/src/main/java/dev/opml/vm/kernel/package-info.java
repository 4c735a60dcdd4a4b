/**
 * The interface of the kernels: the arithmetic of the operators (docs/numerics.md), on arrays.
 * Nothing here knows about graphs or addresses.
 *
 * <p>It depends on {@code activation} and {@code attention}, which its methods take, and on {@code
 * arithmetic}. It sees nobody who computes.
 */
@NullMarked
package dev.opml.vm.kernel;

import org.jspecify.annotations.NullMarked;
