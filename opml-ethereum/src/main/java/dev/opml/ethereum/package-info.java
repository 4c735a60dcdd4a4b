/**
 * An arbiter on a chain: its contracts are in {@code contracts}, and this is the client for them.
 * {@link dev.opml.ethereum.EthereumArbiter#connect} is where to begin.
 */
@NullMarked
package dev.opml.ethereum;

import org.jspecify.annotations.NullMarked;
