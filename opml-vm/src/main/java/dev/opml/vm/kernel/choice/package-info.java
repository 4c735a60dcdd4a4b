/**
 * The choice of the kernels that this JVM can run, and the self test that they pass first. It
 * depends on all kernels, and none on it.
 */
@NullMarked
package dev.opml.vm.kernel.choice;

import org.jspecify.annotations.NullMarked;
