/** The whole protocol in one process: a false claim, its dispute, and who is paid. */
@NullMarked
package dev.opml.examples.demo;

import org.jspecify.annotations.NullMarked;
