import org.jspecify.annotations.NullMarked;

/** Keccak-256 and the Merkle tree of the machine memory. */
@NullMarked
module dev.opml.merkle {
  requires transitive dev.opml.api;
  requires org.bouncycastle.provider;
  requires static jdk.incubator.vector;
  requires static transitive org.jspecify;

  exports dev.opml.merkle;
}
