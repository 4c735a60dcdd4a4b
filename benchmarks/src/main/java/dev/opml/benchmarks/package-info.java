/** JMH benchmarks. benchmarks/README.md says how to run them. */
@NullMarked
package dev.opml.benchmarks;

import org.jspecify.annotations.NullMarked;
