package dev.opml.merkle.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.opml.api.Bytes32;
import dev.opml.merkle.LeafRun;
import dev.opml.merkle.MerkleTree;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs a JVM of its own for each set of flags, because modules are settled when one starts. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KeccakProviderTest {
  private static final String ADD_VECTORS = "--add-modules=jdk.incubator.vector";
  private static final String LANES = "-D" + KeccakProvider.LANES_PROPERTY + "=";

  @Test
  void lanes_withoutTheVectorModule_isScalarWithTheSameBitsAndNamesTheFlag() throws Exception {
    String output = run();
    assertTrue(output.contains(Report.text(1)), output);
    assertTrue(output.contains("--add-modules jdk.incubator.vector"), output);
  }

  @Test
  void lanes_overridden_isTheWidthAskedForWithTheSameBits() throws Exception {
    for (int lanes : new int[] {1, 2, 4, 8}) {
      String output = run(ADD_VECTORS, LANES + lanes);
      assertTrue(output.contains(Report.text(lanes)), output);
    }
  }

  @Test
  void lanes_withTheVectorModule_isMoreThanOneWhereVectorsAreFast() {
    assertEquals(VectorKeccak.isFast(), KeccakProvider.lanes().lanes() > 1);
  }

  /** In a JVM whose width is not asked for. */
  @Test
  void lanes_manyHashesInAll_isTheFastestFromThenOn() {
    assumeTrue(System.getProperty(KeccakProvider.LANES_PROPERTY) == null);
    KeccakLanes kernel = KeccakProvider.lanes(1 << 17);
    assertSame(KeccakProvider.lanes(), kernel);
    assertSame(kernel, KeccakProvider.lanes(1));
  }

  @Test
  void lanes_x86WithoutAvx2_isScalarUnlessAskedFor() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"));
    String output = run(ADD_VECTORS, "-XX:UseAVX=1");
    assertTrue(output.contains(Report.text(1)), output);
    output = run(ADD_VECTORS, "-XX:UseAVX=1", LANES + 2);
    assertTrue(output.contains(Report.text(2)), output);
  }

  private static String run(String... flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(flags));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath(), Report.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static String classPath() throws URISyntaxException {
    Path own = location(KeccakProvider.class);
    return Stream.of(
            own,
            own.resolveSibling("test-classes"),
            location(Bytes32.class),
            location(NullMarked.class))
        .map(Path::toString)
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  private static Path location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Prints the width in use, and hashes that went through every user of the kernel. */
  static final class Report {
    private Report() {}

    public static void main(String[] arguments) throws IOException {
      System.out.println(text(KeccakProvider.lanes().lanes()));
    }

    static String text(int lanes) {
      byte[] bytes = new byte[75 * 128];
      Arrays.fill(bytes, (byte) 0x5a);
      MemorySegment data = MemorySegment.ofArray(bytes);
      List<MerkleTree> trees = new ArrayList<>();
      trees.add(MerkleTree.ofBytes(33, data));
      for (int first = 100; first < 200; first += 5) {
        LeafRun run = LeafRun.of(first * 40L, first, LongStream.range(0, 16 * first).toArray(), 0);
        trees.add(trees.getLast().withRun(run).withBytes(128L * first, bytes));
      }
      return "lanes %d %s %s"
          .formatted(lanes, Leaves.hash(data, 0, 11)[10], MerkleTree.roots(trees));
    }
  }
}
