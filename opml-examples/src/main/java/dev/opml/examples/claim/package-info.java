/** Claims as files that people can pass on and check. */
@NullMarked
package dev.opml.examples.claim;

import org.jspecify.annotations.NullMarked;
