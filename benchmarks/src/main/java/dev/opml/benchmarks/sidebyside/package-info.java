/** This engine and others on the same model files, in turns. */
@NullMarked
package dev.opml.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
