/** Runnable documentation. */
@NullMarked
package dev.opml.examples;

import org.jspecify.annotations.NullMarked;
