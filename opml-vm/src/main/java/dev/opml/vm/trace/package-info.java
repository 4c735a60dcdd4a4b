/**
 * Traces of native runs: a state root for every node, the memory before any node, and lies for
 * tests and demonstrations.
 */
@NullMarked
package dev.opml.vm.trace;

import org.jspecify.annotations.NullMarked;
