/** The {@code opml} command line. */
@NullMarked
package dev.opml.examples.cli;

import org.jspecify.annotations.NullMarked;
