/**
 * The arithmetic of the numerics on single numbers, and the sums whose order is fixed. It depends
 * on nothing else.
 */
@NullMarked
package dev.opml.vm.kernel.arithmetic;

import org.jspecify.annotations.NullMarked;
