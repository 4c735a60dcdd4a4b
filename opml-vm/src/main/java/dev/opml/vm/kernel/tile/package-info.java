/**
 * The layouts of packed weights in tiles, and matrices that lie so. It depends on {@code row}, and
 * on {@code scalar} for tiles that are left to the reference.
 */
@NullMarked
package dev.opml.vm.kernel.tile;

import org.jspecify.annotations.NullMarked;
