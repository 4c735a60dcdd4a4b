/**
 * Liars. {@link dev.opml.testing.Liar} computes a {@link dev.opml.testing.Lie} with a real model;
 * {@link dev.opml.testing.FabricatedTrace} makes one up over any true trace.
 */
@NullMarked
package dev.opml.testing;

import org.jspecify.annotations.NullMarked;
