package dev.opml.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.TestData;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A JVM has one vector width, so each width gets a JVM of its own; a width that the machine lacks
 * is emulated.
 */
class EveryVectorWidthTest {
  private static final long SEED = 7;
  private static final String MODULE = "jdk.incubator.vector";

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void results_ofEveryWidth_areThoseOfTheScalarKernels(int bits) throws Exception {
    List<String> output = start("--add-modules", MODULE, "-Dopml.vectorBits=" + bits);
    assertEquals("vector, " + bits + " bits " + scalarDigest(), output.getLast());
  }

  @Test
  void fastest_withoutTheIncubatorModule_areScalarAndNameTheFlag() throws Exception {
    List<String> output = start();
    assertEquals("scalar " + scalarDigest(), output.getLast());
    assertTrue(
        output.stream().anyMatch(line -> line.contains("--add-modules " + MODULE)),
        output::toString);
  }

  private static String scalarDigest() {
    return KernelBattery.digest(KernelBattery.run(Kernels.scalar(), SEED));
  }

  private static List<String> start(String... flags) throws IOException, InterruptedException {
    Path root = TestData.repositoryRoot();
    Path target = root.resolve("opml-vm/target");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-Xmx512m", "-cp"));
    command.add(
        Stream.of(
                target.resolve("classes"),
                target.resolve("test-classes"),
                root.resolve("opml-api/target/classes"))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(List.of(KernelBattery.class.getName(), Long.toString(SEED)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertEquals(0, process.waitFor(), output::toString);
    return output;
  }
}
