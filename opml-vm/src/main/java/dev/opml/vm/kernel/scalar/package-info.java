/**
 * The reference kernels: one operation after the other, row by row of the file. It depends on the
 * interface and on {@code row}, not on tiles.
 */
@NullMarked
package dev.opml.vm.kernel.scalar;

import org.jspecify.annotations.NullMarked;
