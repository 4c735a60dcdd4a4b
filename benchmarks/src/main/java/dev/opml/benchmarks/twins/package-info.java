/** What determinism costs: kernels and twins of theirs that round less, in one JVM. */
@NullMarked
package dev.opml.benchmarks.twins;

import org.jspecify.annotations.NullMarked;
