/** The executor: runs, verifies and traces a model file through the native engine or the guest. */
@NullMarked
package dev.opml.vm.executor;

import org.jspecify.annotations.NullMarked;
