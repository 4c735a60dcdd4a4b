/**
 * The kernels that use the Vector API, those that are generated among them. It is linked only where
 * that is present, depends on {@code loop} for what has no vector kernel, and is seen by {@code
 * choice} only.
 */
@NullMarked
package dev.opml.vm.kernel.vector;

import org.jspecify.annotations.NullMarked;
