package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.merkle.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Structures in the signatures of functions and events, and the hashes that name those. */
final class Signatures {
  static final int SELECTOR_SIZE = 4;

  static final String REGISTRATION = "(bytes32,bytes,bytes,bytes32,bytes,bytes,bytes,bytes)";
  static final String MODEL = "(bytes32,bytes,bytes)";
  static final String SAMPLING = "(uint32,uint32,uint32,uint32,uint64,uint32,uint32,uint32,uint32)";
  static final String INFERENCE = "(bytes,uint32,uint8," + SAMPLING + ",bytes)";
  static final String TERMS =
      "(bytes32," + INFERENCE + ",uint256,uint64,address,uint64,uint256,uint64)";

  private Signatures() {}

  /** The first topic of an event. */
  static Bytes32 topic(String signature) {
    return Keccak256.hash(signature.getBytes(StandardCharsets.UTF_8));
  }

  /** The first four bytes of a call or of an error. */
  static byte[] selector(String signature) {
    return Arrays.copyOf(topic(signature).toByteArray(), SELECTOR_SIZE);
  }
}
