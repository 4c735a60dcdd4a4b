/** The machine's mutable state, and what executes instructions on it. */
@NullMarked
package dev.opml.vm.machine.hart;

import org.jspecify.annotations.NullMarked;
