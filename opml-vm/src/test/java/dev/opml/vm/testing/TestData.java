package dev.opml.vm.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Finds the files that tests read, from whatever directory the tests are started in. */
public final class TestData {
  private static final String MODELS = "opml-examples/src/main/resources/dev/opml/examples/";

  private TestData() {}

  /** The root of the repository: the nearest directory, upwards, that holds the modules. */
  public static Path repositoryRoot() {
    Path start = Path.of("").toAbsolutePath();
    for (Path directory = start; directory != null; directory = directory.getParent()) {
      if (Files.isRegularFile(directory.resolve("opml-vm/pom.xml"))) {
        return directory;
      }
    }
    throw new IllegalStateException("no repository around " + start);
  }

  /** The bundled Q8_0 model: always there. */
  public static Path bundledModel() {
    return repositoryRoot().resolve(MODELS + "stories-3.7m.q8_0.gguf");
  }

  /** The bundled model in Q4_0: always there. */
  public static Path bundledModelQ4() {
    return repositoryRoot().resolve(MODELS + "stories-3.7m.q4_0.gguf");
  }

  /** A file beside the bundled models: always there. */
  public static Path bundled(String name) {
    return repositoryRoot().resolve(MODELS + name);
  }

  /**
   * A file or directory of the shared data, which a clone need not have: beside the repository, or
   * where the system property or environment variable {@code OPML_SHARED} says.
   *
   * @param relative path below the shared directory, such as {@code data/models/stories260K.gguf}
   */
  public static Optional<Path> shared(String relative) {
    String configured = System.getProperty("OPML_SHARED", System.getenv("OPML_SHARED"));
    Path shared =
        configured == null ? repositoryRoot().resolveSibling("shared") : Path.of(configured);
    return Optional.of(shared.resolve(relative)).filter(Files::exists);
  }

  /** As {@link #shared}, but aborts the calling test, with a message, where the data is absent. */
  public static Path assumeShared(String relative) {
    Optional<Path> path = shared(relative);
    Assumptions.assumeTrue(path.isPresent(), "no shared " + relative + ": set OPML_SHARED");
    return path.orElseThrow();
  }
}
