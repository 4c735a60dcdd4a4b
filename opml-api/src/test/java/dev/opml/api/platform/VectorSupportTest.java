package dev.opml.api.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs a JVM of its own for each set of flags. */
@Timeout(60)
class VectorSupportTest {
  private static final String VECTORS = "--add-modules=jdk.incubator.vector";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:TieredStopAtLevel=1",
        "-XX:TieredStopAtLevel=3",
        "-XX:TieredStopAtLevel=0",
        "-Xint",
        "-XX:CompilationMode=quick-only",
        "-XX:-UseCompiler",
        "-XX:-EnableVectorSupport"
      })
  void isFast_withoutTheOptimizingCompiler_isFalseAndOneLogLineNamesTheFlag(String flag)
      throws Exception {
    requireSlow(flag, List.of("-XX:+UnlockExperimentalVMOptions", VECTORS, flag));
    requireSlow(
        "--add-modules jdk.incubator.vector", List.of("-XX:+UnlockExperimentalVMOptions", flag));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-XX:CompilationMode=quick-only", "-Xint"})
  void isFast_withoutManagement_isFalseWithoutTheOptimizingCompilerAllTheSame(String flag)
      throws Exception {
    List<String> output =
        run(List.of(VECTORS, flag, "--limit-modules=jdk.incubator.vector,java.logging"));
    assertTrue(output.contains("fast: false"), output::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-Xmx64m", "-XX:-TieredCompilation", "-Xcomp", "-XX:CompilationMode=high-only"})
  void isFast_withTheOptimizingCompiler_isTrueAndNothingIsLogged(String flag) throws Exception {
    List<String> output = run(List.of(VECTORS, flag));
    assertEquals("fast: true", output.getLast());
    assertTrue(output.stream().noneMatch(line -> line.contains("no vector")), output::toString);
  }

  private static void requireSlow(String named, List<String> flags) throws Exception {
    List<String> output = run(flags);
    assertEquals("fast: false", output.getLast());
    List<String> lines = output.stream().filter(line -> line.contains("no vector")).toList();
    assertEquals(1, lines.size(), output::toString);
    assertTrue(lines.getFirst().contains(named), output::toString);
  }

  private static List<String> run(List<String> flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", location(VectorSupport.class) + ":" + location(Report.class)));
    command.add(Report.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.lines().toList();
  }

  private static Path location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Asks twice: a reason is logged once. */
  static final class Report {
    public static void main(String[] arguments) {
      boolean fast = VectorSupport.isFast();
      System.out.println("fast: " + (fast && VectorSupport.isFast()));
    }
  }
}
