package dev.opml.benchmarks;

import dev.opml.api.Bytes32;
import dev.opml.merkle.Keccak256;
import dev.opml.merkle.MerkleTree;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Keccak-256 and trees. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class HashBenchmark {
  private static final int MEBIBYTE = 1 << 20;
  private static final int LEAVES_LOG2 = 13;

  private final byte[] bytes = new byte[MEBIBYTE];
  private Bytes32 left = Bytes32.ZERO;
  private final Bytes32 right = new Bytes32(1, 2, 3, 4);

  /** Random bytes. */
  public HashBenchmark() {
    new Random(1).nextBytes(bytes);
  }

  /** One inner node, which depends on the one before. */
  @Benchmark
  public Bytes32 innerNode() {
    left = Keccak256.node(left, right);
    return left;
  }

  /** The tree of a mebibyte: 8,192 leaves and as many inner nodes, less one. */
  @Benchmark
  public Bytes32 treeOfMebibyte() {
    return MerkleTree.ofBytes(LEAVES_LOG2, MemorySegment.ofArray(bytes)).root();
  }
}
