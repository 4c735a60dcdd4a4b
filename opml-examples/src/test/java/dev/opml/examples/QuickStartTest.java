package dev.opml.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class QuickStartTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path SOURCE =
      Path.of("src", "main", "java", "dev", "opml", "examples", "QuickStart.java");

  @Test
  void readme_firstExample_isThisProgram() throws IOException {
    String source = Files.readString(SOURCE);
    String example = Files.readString(README).split("```java\n")[1].split("```")[0];
    assertTrue(example.lines().count() <= 8, example);
    for (String line : example.lines().toList()) {
      assertTrue(source.contains(line.strip()), line);
    }
  }

  @Test
  void main_bundledModel_claimHolds() throws URISyntaxException {
    Path model =
        Path.of(QuickStart.class.getResource("/dev/opml/examples/stories-3.7m.q4_0.gguf").toURI());
    PrintStream out = System.out;
    var captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      QuickStart.main(new String[] {model.toString()});
    } finally {
      System.setOut(out);
    }
    assertEquals("true", captured.toString(StandardCharsets.UTF_8).lines().toList().getLast());
  }
}
