/** Traces of native runs: a state root for every node, and the memory before any node. */
@NullMarked
package dev.opml.vm.trace;

import org.jspecify.annotations.NullMarked;
