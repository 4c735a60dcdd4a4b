package dev.opml.benchmarks;

import dev.opml.api.Bytes32;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.LeafRun;
import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.internal.KeccakLanes;
import dev.opml.merkle.internal.KeccakProvider;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.web3j.crypto.Hash;

/**
 * Keccak-256: nanoseconds a hash, one thread. {@code bulk} has the words of many messages side by
 * side in the vector lanes, as inner levels of a tree have them; {@code leaves} and {@code tree}
 * begin with bytes. {@code -jvmArgsAppend -Ddev.opml.merkle.lanes=4} and {@code
 * -XX:MaxVectorSize=16} make vectors narrower.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class HashBenchmark {
  private static final int LEAVES_LOG2 = 13;
  private static final int LEAVES = 1 << LEAVES_LOG2;
  private static final int BULK = 1 << 10;

  private final byte[] bytes = new byte[128 * LEAVES];
  private final byte[] node = new byte[64];
  private final byte[] leaf = new byte[128];
  private final long[] words = new long[16 * LEAVES];
  private final KeccakLanes kernel = KeccakProvider.lanes();
  private final KeccakDigest digest = new KeccakDigest(256);

  /** Random bytes. */
  public HashBenchmark() {
    Random random = new Random(1);
    random.nextBytes(bytes);
    ByteBuffer.wrap(bytes).asLongBuffer().get(words);
  }

  /** BouncyCastle, each message with the hash before. */
  @Benchmark
  public byte[] bouncyCastle64() {
    digest.update(node, 0, node.length);
    digest.doFinal(node, 0);
    return node;
  }

  /** BouncyCastle, each message with the hash before. */
  @Benchmark
  public byte[] bouncyCastle128() {
    digest.update(leaf, 0, leaf.length);
    digest.doFinal(leaf, 0);
    return leaf;
  }

  /** web3j, each message with the hash before. */
  @Benchmark
  public byte[] web3j64() {
    byte[] hash = Hash.sha3(node);
    System.arraycopy(hash, 0, node, 0, hash.length);
    return hash;
  }

  /** web3j, each message with the hash before. */
  @Benchmark
  public byte[] web3j128() {
    byte[] hash = Hash.sha3(leaf);
    System.arraycopy(hash, 0, leaf, 0, hash.length);
    return hash;
  }

  /** One of our own single hashes, each message with the hash before. */
  @Benchmark
  public Bytes32 single64() {
    Bytes32 hash = Keccak256.node(Bytes32.read(node, 0), Bytes32.ZERO);
    node[0] = (byte) hash.word0();
    return hash;
  }

  /** Inner nodes in vector lanes. */
  @Benchmark
  @OperationsPerInvocation(BULK)
  public long[] bulk64() {
    int step = KeccakLanes.NODE_WORDS * kernel.lanes();
    for (int at = 0; at < KeccakLanes.NODE_WORDS * BULK; at += step) {
      kernel.hashNodes(words, at, words, at);
    }
    return words;
  }

  /** Leaves in vector lanes. */
  @Benchmark
  @OperationsPerInvocation(BULK)
  public long[] bulk128() {
    int step = KeccakLanes.LEAF_WORDS * kernel.lanes();
    for (int at = 0; at < KeccakLanes.LEAF_WORDS * BULK; at += step) {
      kernel.hashLeaves(words, at, words, at);
    }
    return words;
  }

  /** Leaves of a memory, each with a digest of its own. */
  @Benchmark
  @OperationsPerInvocation(BULK)
  public Bytes32[] leaves() {
    return Keccak256.leaves(MemorySegment.ofArray(bytes), 0, BULK);
  }

  /** A run of leaves, as a node of the graph writes it: 8,192 leaves and one inner node less. */
  @Benchmark
  @OperationsPerInvocation(2 * LEAVES - 1)
  public LeafRun run() {
    return LeafRun.of(0, LEAVES, words, 0);
  }

  /** The tree of a mebibyte: 8,192 leaves and one inner node less. */
  @Benchmark
  @OperationsPerInvocation(2 * LEAVES - 1)
  public Bytes32 tree() {
    return MerkleTree.ofBytes(LEAVES_LOG2, MemorySegment.ofArray(bytes)).root();
  }
}
