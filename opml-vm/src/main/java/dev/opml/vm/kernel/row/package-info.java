/**
 * The rows of weight matrices as the model file has them: a reader for each format, which is its
 * reference. It depends on {@code activation}, and knows nothing of kernels.
 */
@NullMarked
package dev.opml.vm.kernel.row;

import org.jspecify.annotations.NullMarked;
