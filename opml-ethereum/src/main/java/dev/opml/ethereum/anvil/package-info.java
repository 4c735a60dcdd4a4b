/** A chain on this machine, for tests and demonstrations. */
@NullMarked
package dev.opml.ethereum.anvil;

import org.jspecify.annotations.NullMarked;
