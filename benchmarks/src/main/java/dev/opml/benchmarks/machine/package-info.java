/** Speed of the RV64IM machine's engines. */
@NullMarked
package dev.opml.benchmarks.machine;

import org.jspecify.annotations.NullMarked;
