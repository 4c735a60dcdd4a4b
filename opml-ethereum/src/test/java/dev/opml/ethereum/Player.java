package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.ethereum.account.KeySigner;
import dev.opml.ethereum.account.Signer;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The accounts of scenarios. */
enum Player {
  REQUESTER,
  PROPOSER,
  RIVAL,
  FIRST,
  SECOND,
  THIRD,
  STRANGER,
  /** Has too little for any bond. */
  POOR;

  private static final Wei RICH = new Wei(BigInteger.TWO.pow(110));

  Signer signer() {
    return KeySigner.of(new Bytes32(0, 0, 0, 1000 + ordinal()));
  }

  Address address() {
    return signer().address();
  }

  Wei funds() {
    return this == POOR ? Wei.gwei(50_000_000) : RICH;
  }

  /** The money of each, by its address. */
  static Map<Address, Wei> allFunds() {
    Map<Address, Wei> funds = new LinkedHashMap<>();
    Arrays.stream(values()).forEach(it -> funds.put(it.address(), it.funds()));
    return funds;
  }
}
