/** One instruction from a witness alone, as an arbiter executes it, and the witnesses for that. */
@NullMarked
package dev.opml.vm.machine.reference;

import org.jspecify.annotations.NullMarked;
