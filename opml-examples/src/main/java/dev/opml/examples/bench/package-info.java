/** Measures how fast a model runs on this machine. */
@NullMarked
package dev.opml.examples.bench;

import org.jspecify.annotations.NullMarked;
