/**
 * The width of this JVM's vectors, which tiles have too. It depends on the Vector API, and is
 * linked only where that is present.
 */
@NullMarked
package dev.opml.vm.kernel.width;

import org.jspecify.annotations.NullMarked;
