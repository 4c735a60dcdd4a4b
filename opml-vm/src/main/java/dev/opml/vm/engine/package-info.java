/**
 * The native engine: runs a graph's rows over persistent memory, batched over positions, and
 * computes the bytes that the guest computes.
 */
@NullMarked
package dev.opml.vm.engine;

import org.jspecify.annotations.NullMarked;
