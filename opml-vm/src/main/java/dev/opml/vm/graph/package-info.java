/**
 * The graph of a network: its node table, where its buffers lie, and how it is cut into bounded
 * nodes.
 */
@NullMarked
package dev.opml.vm.graph;

import org.jspecify.annotations.NullMarked;
