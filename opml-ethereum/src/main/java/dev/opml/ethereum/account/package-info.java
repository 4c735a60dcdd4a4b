/** An account that sends transactions: its key, its nonces, and what it pays. */
@NullMarked
package dev.opml.ethereum.account;

import org.jspecify.annotations.NullMarked;
