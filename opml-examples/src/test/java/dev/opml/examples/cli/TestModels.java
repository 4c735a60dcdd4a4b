package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Model files for tests. */
final class TestModels {
  private TestModels() {}

  /** The bundled model, as a file of the build. */
  static Path bundled() {
    try {
      return Path.of(Opml.class.getResource("/dev/opml/examples/stories-3.7m.q8_0.gguf").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** A file of the shared test data; the test is skipped where that is absent. */
  static Path shared(String name) {
    String folder = System.getProperty("OPML_SHARED", System.getenv("OPML_SHARED"));
    Path data = Path.of(folder == null ? "../../shared" : folder, "data");
    // Never a failure under OPML_REQUIRE_ALL: the data is not part of the project.
    assumeTrue(Files.isDirectory(data), "shared test data is absent: " + data.toAbsolutePath());
    return data.resolve(name);
  }
}
