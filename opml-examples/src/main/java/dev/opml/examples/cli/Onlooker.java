package dev.opml.examples.cli;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.ethereum.account.Signature;
import dev.opml.ethereum.account.Signer;

/** An account that sends nothing. */
final class Onlooker implements Signer {
  private static final Address NOBODY = new Address(0, 0, 0);

  @Override
  public Address address() {
    return NOBODY;
  }

  @Override
  public Signature sign(Bytes32 hash) {
    throw new IllegalStateException("an onlooker signs nothing");
  }
}
