package dev.opml.ethereum.account;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;

/**
 * Signs for an account: with a key in this process, or by something that keeps one. Safe for use by
 * many threads.
 */
public interface Signer {
  /** The account. */
  Address address();

  /**
   * Signs the hash of a transaction.
   *
   * @throws dev.opml.api.OpmlException if the key cannot be used
   */
  Signature sign(Bytes32 hash);
}
