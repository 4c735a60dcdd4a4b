/** The KV caches, and what attention is asked for. It depends on {@code arithmetic} only. */
@NullMarked
package dev.opml.vm.kernel.attention;

import org.jspecify.annotations.NullMarked;
