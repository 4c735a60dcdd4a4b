/**
 * The kernels for any JVM: plain loops over tiles, which C2 compiles to vector instructions by
 * itself. It depends on {@code tile} and {@code scalar}, not on the Vector API.
 */
@NullMarked
package dev.opml.vm.kernel.loop;

import org.jspecify.annotations.NullMarked;
