package dev.opml.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of README, compiled as its readers do, with every warning an error. */
class ReadmeCodeTest {
  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  private static String code(Predicate<String> which) throws IOException {
    List<String> found =
        CODE.matcher(Files.readString(Path.of("..", "README.md")))
            .results()
            .map(match -> match.group(1))
            .filter(which)
            .toList();
    assertEquals(1, found.size(), found::toString);
    return found.getFirst();
  }

  private Path write(String name, String source) throws IOException {
    return Files.writeString(folder.resolve(name), source);
  }

  private void compile(List<String> options, Path... sources) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("-Werror", "-proc:none", "-d", folder.resolve("classes").toString()));
    Stream.of(sources).map(Path::toString).forEach(all::add);
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages, true);
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    assertEquals(0, javac.run(out, out, all.toArray(String[]::new)), messages::toString);
  }

  /** Where this test has the modules from: folders of classes or jars. */
  private static String modules() {
    return System.getProperty("jdk.module.path");
  }

  private static List<String> compact() {
    return List.of(
        "--module-path", modules(), "--add-modules", "dev.opml.vm", "-Xlint:all,-incubating");
  }

  @Test
  void compactSourceFile_compiles() throws IOException {
    compile(compact(), write("Story.java", code(block -> block.contains("import module"))));
  }

  @Test
  void firstExample_inACompactSourceFile_compiles() throws IOException {
    String imports =
        code(block -> block.contains("import module"))
            .lines()
            .limit(2)
            .reduce("", (a, b) -> a + b + "\n");
    String example = code(block -> block.startsWith("try (Executor"));
    String source =
        imports + "void main() {\n  Path model = Path.of(\"model.gguf\");\n" + example + "}\n";
    compile(compact(), write("First.java", source));
  }

  @Test
  void program_inANamedModule_compiles() throws IOException {
    String program = "package story;\n" + code(block -> block.contains("class Story"));
    Path descriptor = write("module-info.java", "module story {\n  requires dev.opml.vm;\n}\n");
    compile(
        List.of("--module-path", modules(), "-Xlint:all,-incubating"),
        descriptor,
        write("Story.java", program));
    compile(
        List.of("--module-path", modules(), "-Xlint:all", "--release", "25"),
        descriptor,
        folder.resolve("Story.java"));
  }

  @Test
  void program_onTheClassPath_compiles() throws IOException {
    Path source = write("Story.java", code(block -> block.contains("class Story")));
    compile(List.of("--class-path", modules(), "-Xlint:all"), source);
  }
}
